import { setTimeout as sleep } from 'node:timers/promises';
import { recordUntil } from '../../../apps/twin-api/src/simulation/pump-record.fixture.js';
import type { Client } from '../system.js';

const MINUTE = 60_000;
const PERSON = '/v1/twins/pump';
const UNITS = {
  glucose: 'mg/dL',
  'insulin-bolus': '[IU]',
  'insulin-basal-rate': '[IU]/h',
  'carbohydrate-intake': 'g',
  'exercise-intensity': '%',
} as const;
const ARMS = [
  { name: 'as given' },
  { name: 'less', changes: [{ kind: 'scale', of: 'insulin-bolus', by: 0.7 }] },
] as const;

/**
 * Brings about everything that models have to say of a person: two days on a pump as samples, a fit, therapy settings, a scenario, a batch of them, a
 * proposal. Answers the GET routes of the API document that show it, with a URL of each.
 */
export async function liveOnAPump(
  client: Client,
  newest: number,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await client.api<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const done = async (url: string): Promise<void> => {
    for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
      const { status } = await call<{ status: string }>('GET', url);
      if (status === 'completed') return;
      if (Date.now() > deadline) throw new Error(`${url} is ${status}`);
    }
  };
  const forecast = async (): Promise<void> => {
    for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
      // Until the engine has applied the first sample there is no such patient: 404, without items.
      const { body } = await client.api<{ items?: { issuedAt: string }[] }>('GET', `${PERSON}/forecasts?code=glucose`);
      if (body.items?.some(({ issuedAt }) => Date.parse(issuedAt) === newest)) return;
      if (Date.now() > deadline) throw new Error(`no forecast came about: ${JSON.stringify(body).slice(0, 600)}`);
    }
  };

  await client.fhir('PUT', '/Patient/pump', { resourceType: 'Patient', id: 'pump', birthDate: '1980-05-06' });
  const samples = recordUntil(newest, 2)
    .toSorted((a, b) => a.t - b.t)
    .map(({ code, t, x }) => ({
      patient: 'pump',
      code,
      value: x,
      unit: UNITS[code],
      effectiveAt: new Date(t).toISOString(),
    }));
  // A forecast is made for each request: the last hours in several, so that some forecasts meet what came.
  const recent = samples.findIndex(({ effectiveAt }) => Date.parse(effectiveAt) > newest - 180 * MINUTE);
  await call('POST', '/v1/samples', samples.slice(0, recent));
  for (let at = recent; at < samples.length; at += 6) await call('POST', '/v1/samples', samples.slice(at, at + 6));
  await forecast();

  const fit = await call<{ url: string }>('POST', `${PERSON}/parameters/fit`);
  await done(fit.url);
  const scenario = await call<{ id: string }>('POST', `${PERSON}/scenarios`, { minutes: 60, draws: 10, arms: ARMS });
  const batch = await call<{ url: string }>('POST', '/v1/scenarios/batch', {
    patients: ['pump', 'nobody'],
    minutes: 60,
    draws: 10,
    arms: ARMS,
  });
  await done(batch.url);
  await call('PUT', `${PERSON}/therapy`, {
    carbRatio: 12,
    correctionFactor: 40,
    target: { low: 100, high: 120 },
    maximumBolus: 8,
    maximumInsulinOnBoard: 12,
    dailyMaximum: 90,
    reason: 'visit',
  });
  const proposal = await call<{ id: string }>('POST', `${PERSON}/proposals`, {
    kind: 'insulin-bolus',
    carbohydrates: 30,
  });
  return {
    '/v1/models': ['/v1/models'],
    '/v1/models/{id}': ['/v1/models/glucose-forecast', '/v1/models/uva-padova'],
    '/v1/twins/{patient}/forecasts': [`${PERSON}/forecasts`, '/v1/twins/p/forecasts'],
    '/v1/twins/{patient}/forecasts/history': [`${PERSON}/forecasts/history?code=glucose&minutes=15`],
    '/v1/forecast-scores': ['/v1/forecast-scores?code=glucose&patient=pump', '/v1/forecast-scores?by=model'],
    '/v1/twins/{patient}/parameters': [`${PERSON}/parameters`],
    '/v1/twins/{patient}/parameters/fit/{id}': [fit.url],
    '/v1/twins/{patient}/scenarios': [`${PERSON}/scenarios`, `${PERSON}/scenarios?limit=1`],
    '/v1/scenarios/{id}': [`/v1/scenarios/${scenario.id}`],
    '/v1/scenarios/batch/{id}': [batch.url],
    '/v1/twins/{patient}/therapy': [`${PERSON}/therapy`],
    '/v1/proposals/{id}': [`/v1/proposals/${proposal.id}`],
  };
}
