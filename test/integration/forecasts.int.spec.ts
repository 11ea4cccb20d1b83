import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  twinKey,
  TOPICS,
  ForecastListSchema,
  ForecastPairListSchema,
  ForecastScoreListSchema,
  type PatientInput,
  type WireSample,
} from '#libs/contracts';
import { TwinApiModule } from '../../apps/twin-api/src/twin-api.module.js';
import { TwinEngineModule } from '../../apps/twin-engine/src/twin-engine.module.js';
import { startOwnServices, type OwnServices } from '../support/services.js';
import { RunningApi } from '../support/running-api.js';
import { until } from '#libs/testing';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HEART_RATE = 1;
const HOURS = 30;

/** A day and a quarter of hourly heart rates up to now, through the engine, as the API shows them. */
describe.each(['Postgres', 'Kafka'])('forecasts over the API, the log in %s', (log) => {
  let api: RunningApi;
  let services: OwnServices | undefined;
  const start = Math.floor(Date.now() / MINUTE) * MINUTE - HOURS * HOUR;
  const rateAt = (hour: number): number => Math.round(80 + 12 * Math.sin(hour / 4));

  beforeAll(async () => {
    if (log === 'Kafka') services = await startOwnServices(['kafka']);
    const env: Record<string, string> = services === undefined ? {} : { KAFKA_BROKERS: services.kafka.url };
    api = await RunningApi.open((platform) => [TwinEngineModule.forRoot(platform), TwinApiModule.forRoot(platform)], {
      env,
    });
    await api.addClient('south', 'south');
    for (let hour = 0; hour <= HOURS; hour++) await send([heartRate(hour)]);
    await until(async () => (await versions()) > HOURS);
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await services?.stop();
  }, 30_000);

  function heartRate(hour: number, more: Partial<WireSample> = {}): WireSample {
    return { c: HEART_RATE, t: start + hour * HOUR, x: rateAt(hour), i: `h-${hour}`, ...more };
  }

  async function send(samples: readonly WireSample[], receivedAt = Math.max(...samples.map(({ t }) => t)) + 1000) {
    const { tenant } = api;
    const head = { v: 1, tenant, patient: 'p1', receivedAt } as const;
    const record: PatientInput = { ...head, kind: 'samples', source: 'monitor', device: '', samples };
    const key = twinKey(tenant, 'patient', 'p1');
    await api.platform.log.append([{ topic: TOPICS.patientInput, key, value: JSON.stringify(record) }]);
  }

  async function versions(): Promise<number> {
    const { rows } = await api.platform.pool.query<{ version: number }>('SELECT version::int AS version FROM twins');
    return rows[0]?.version ?? 0;
  }

  async function newest(query = '') {
    const { status, body } = await api.call('GET', `/v1/twins/p1/forecasts?${query}`);
    expect([status, body]).toMatchObject([200, {}]);
    return ForecastListSchema.parse(body);
  }

  async function history(query: string) {
    const { status, body } = await api.call('GET', `/v1/twins/p1/forecasts/history?code=heart-rate&${query}`);
    expect([status, body]).toMatchObject([200, {}]);
    return ForecastPairListSchema.parse(body);
  }

  const iso = (hour: number): string => new Date(start + hour * HOUR).toISOString();

  it('are the newest of each measure, with bands and baselines; other measures say why there is none', async () => {
    const { items, refused, disclaimer } = await newest();
    expect(disclaimer).toContain('Research software');
    expect(items).toHaveLength(1);
    const [one] = items;
    expect(one).toMatchObject({
      patient: 'p1',
      code: 'heart-rate',
      model: { id: 'vital-forecast', status: 'active' },
      issuedAt: iso(HOURS),
      parameters: 'population',
    });
    expect(one!.points.map(({ minutes }) => minutes)).toEqual([60, 180, 360, 720]);
    for (const { quantiles, mean, baselines } of one!.points) {
      const values = Object.values(quantiles);
      expect(values.toSorted((a, b) => a - b)).toEqual(
        Object.entries(quantiles)
          .sort(([a], [b]) => Number(a) - Number(b))
          .map(([, value]) => value),
      );
      expect(mean).toBeGreaterThan(quantiles['0.025']);
      expect(baselines.persistence).toBe(rateAt(HOURS));
    }
    expect(refused.map(({ code, reason }) => [code, reason])).toContainEqual(['respiratory-rate', 'no-data']);
    expect(refused.map(({ code }) => code)).not.toContain('heart-rate');
  });

  it('are those of the asked time: stale ones are refused, and what was not known then is not shown', async () => {
    const before = await newest(`code=heart-rate&at=${iso(20)}`);
    expect(before.items.map(({ issuedAt }) => issuedAt)).toEqual([iso(20)]);
    const later = await newest(`code=8867-4&at=${new Date(start + (HOURS + 3) * HOUR).toISOString()}`);
    expect(later).toMatchObject({ items: [], refused: [{ code: 'heart-rate', reason: 'stale-data' }] });
    const unknown = await newest(`code=heart-rate&at=${iso(20)}&known-at=${iso(0)}`);
    expect(unknown).toMatchObject({ items: [], refused: [{ reason: 'no-data' }] });
  });

  it('are paired with what came, page by page, and corrections change what came and not what was said', async () => {
    const all = await history(`minutes=60&from=${iso(10)}&to=${iso(HOURS)}`);
    expect(all.items.map(({ issuedAt }) => issuedAt)).toEqual(Array.from({ length: 20 }, (_, i) => iso(10 + i)));
    all.items.forEach(({ actual, error, mean, unscored }, i) => {
      const hour = 11 + i;
      // The last target is the newest value: nothing newer has come yet.
      if (hour === HOURS) expect([actual, unscored]).toEqual([null, 'pending']);
      else expect([actual, error]).toEqual([rateAt(hour), mean - rateAt(hour)]);
    });
    const pages: unknown[] = [];
    let cursor = '';
    do {
      const page = await history(`minutes=60&from=${iso(10)}&to=${iso(HOURS)}&limit=7${cursor}`);
      pages.push(...page.items);
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(pages).toEqual(all.items);

    const known = new Date().toISOString();
    const count = await versions();
    await send([heartRate(15, { x: 99 })], Date.now());
    await until(async () => (await versions()) > count);
    const [corrected] = (await history(`minutes=60&from=${iso(14)}&to=${iso(15)}`)).items;
    expect(corrected).toMatchObject({
      actual: 99,
      actualVersion: 2,
      mean: all.items[4]!.mean,
      forecast: all.items[4]!.forecast,
    });
    const [then] = (await history(`minutes=60&from=${iso(14)}&to=${iso(15)}&known-at=${known}`)).items;
    expect(then).toMatchObject({ actual: rateAt(15), actualVersion: 1 });
  });

  it('add up to scores: those of a patient are of the very pairs that history shows', async () => {
    const { items: pairs } = await history(`minutes=180&from=${iso(0)}&to=${iso(HOURS)}&limit=1000`);
    const scored = pairs.filter(({ error }) => error !== null);
    const { status, body } = await api.call(
      'GET',
      `/v1/forecast-scores?patient=p1&code=heart-rate&minutes=180&from=${iso(0)}`,
    );
    expect(status).toBe(200);
    const [score, ...others] = ForecastScoreListSchema.parse(body).items;
    expect(others).toEqual([]);
    const mean = (of: (pair: (typeof scored)[number]) => number): number =>
      scored.reduce((sum, pair) => sum + of(pair), 0) / scored.length;
    expect(score).toMatchObject({ group: 'all', model: 'vital-forecast', n: scored.length, unscored: 0 });
    expect(score!.rmse).toBeCloseTo(Math.sqrt(mean(({ error }) => error! ** 2)), 4);
    expect(score!.bias).toBeCloseTo(
      mean(({ error }) => error!),
      4,
    );
    expect(score!.coverage!['0.8']).toBeCloseTo(
      mean(({ inside80 }) => Number(inside80)),
      4,
    );
    const persistence = Math.sqrt(mean(({ baselines, actual }) => (baselines.persistence - actual!) ** 2));
    expect(score!.skill!.persistence).toBeCloseTo(1 - score!.rmse! / persistence, 4);
    expect(score).not.toHaveProperty('zones');
  });

  it('are scored by group of the ward; too few people are no group of their own', async () => {
    await api.platform.pool.query(`UPDATE forecast_blocks SET due_at = now() - interval '1 s'`);
    await until(async () => {
      const { rows } = await api.platform.pool.query(
        'SELECT 1 FROM forecast_blocks WHERE tally IS NULL OR due_at <= now()',
      );
      return rows.length === 0;
    });
    const groups: unknown[] = [];
    for (const by of ['patient', 'sex', 'age-band', 'model']) {
      const { body } = await api.call('GET', `/v1/forecast-scores?by=${by}&minutes=60`);
      groups.push(ForecastScoreListSchema.parse(body).items.map(({ group, n }) => [group, n > 20]));
    }
    expect(groups).toEqual([[['p1', true]], [['other', true]], [['other', true]], [['vital-forecast', true]]]);
    const south = await api.tokenOf('south');
    const other = await api.call('GET', '/v1/forecast-scores', undefined, { bearer: south });
    expect(other).toMatchObject({ status: 200, body: { items: [] } });
    for (const query of ['by=ward', 'from=2020-01-01T00:00:00Z', 'patient=nobody'])
      expect([query, (await api.call('GET', `/v1/forecast-scores?${query}`)).status]).toEqual([
        query,
        query === 'patient=nobody' ? 404 : 400,
      ]);
  });

  it('come as events of the twin to who may see forecasts', async () => {
    const eventsOf = async (bearer: string): Promise<string[]> => {
      const abort = new AbortController();
      const answer = await fetch(`${api.server.url}/v1/twins/p1/stream`, {
        headers: { authorization: `Bearer ${bearer}` },
        signal: abort.signal,
      });
      const reader = answer.body!.getReader();
      let text = '';
      const end = Date.now() + 2_000;
      while (Date.now() < end && (text.match(/^event: /gm)?.length ?? 0) < 2) {
        const chunk = await Promise.race([
          reader.read(),
          new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1_000)),
        ]);
        if (chunk?.value !== undefined) text += Buffer.from(chunk.value as Uint8Array).toString();
      }
      abort.abort();
      return text.match(/^event: .*$/gm) ?? [];
    };
    expect(await eventsOf(api.token)).toEqual(['event: twin', 'event: forecast']);
    expect(await eventsOf(await api.tokenOf('ward', 'twins.read'))).toEqual(['event: twin']);
  });

  it('are refused precisely to who may not, asks for what is not there, or asks wrongly', async () => {
    const south = await api.tokenOf('south');
    const reader = await api.tokenOf('ward', 'twins.read');
    for (const path of ['/v1/twins/p1/forecasts', '/v1/twins/p1/forecasts/history?code=heart-rate']) {
      expect((await api.call('GET', path, undefined, { bearer: south })).status).toBe(404);
      expect((await api.call('GET', path, undefined, { bearer: reader })).status).toBe(403);
    }
    const wrong = [
      'forecasts?code=nothing',
      'forecasts?at=yesterday',
      'forecasts/history',
      'forecasts/history?code=heart-rate&cursor=x',
    ];
    for (const path of wrong)
      expect([path, (await api.call('GET', `/v1/twins/p1/${path}`)).status]).toEqual([path, 400]);
    const empty = await api.call('GET', '/v1/twins/p1/forecasts/history?code=body-weight');
    expect(empty).toMatchObject({ status: 200, body: { items: [] } });
  });
});
