import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { parseJson } from '#libs/domain/fhir';
import { measureByName } from '#libs/domain/quantities';
import { validate } from '#libs/fhir-validation';
import { batch, nextPage, put, type Reply, TestFhirGateway, tokenOf } from '../../../test/support/fhir-gateway.js';
import { twinDigits } from '../../../test/support/forecasts/measured-values.js';
import { storeForecasts } from '../../../test/support/forecasts/stored-forecasts.js';

const T0 = Date.UTC(2026, 10, 29, 6);
const MINUTE = 60_000;
const HEART_RATE = measureByName('heart-rate')!.number;
const GLUCOSE = measureByName('glucose')!.number;
/** Number of the risk that vital signs become unstable, which nobody measures. */
const RISK = 1001;

const gateway = ofSuite(() => TestFhirGateway.open(4));
/** Of the glucose of p1. */
let id: string;

beforeAll(async () => {
  for (const patient of ['p1', 'p2', 'p3', 'p4'])
    await gateway.send('PUT', `/Patient/${patient}`, { resourceType: 'Patient', id: patient });
  await storeForecasts(gateway.pool, [
    { version: 3, issuedAt: T0, median: 90, isSettled: true },
    { version: 5, issuedAt: T0 + 5 * MINUTE, median: 100 },
    { version: 7, issuedAt: T0 + 10 * MINUTE, median: 110 },
    { version: 8, issuedAt: T0 + 11 * MINUTE, refusal: 'stale-data' },
    { model: 'vital-forecast', code: HEART_RATE, version: 6, issuedAt: T0 + 8 * MINUTE, median: 70, status: 'demoted' },
    // Not shown: a model that is none of those that are shown, another tenant's.
    { model: 'in-shadow', code: GLUCOSE, version: 7, issuedAt: T0 + 10 * MINUTE },
    { tenant: 2, issuedAt: T0, version: 2 },
    { patient: 'p4', model: 'deterioration-risk', code: RISK, version: 1, issuedAt: T0, probability: 0.287 },
    // Settled all of it, and refused from the beginning.
    { patient: 'p2', version: 2, issuedAt: T0 + MINUTE, isSettled: true },
    { patient: 'p3', version: 1, issuedAt: T0, refusal: 'too-little-data' },
  ]);
  id = `fc-${await twinDigits(gateway.pool, 'p1')}-${GLUCOSE.toString(36)}-glucose-forecast`;
}, 120_000);

interface Found {
  readonly resourceType: string;
  readonly id: string;
  readonly occurrenceDateTime?: string;
  readonly meta: { readonly versionId: string };
}

function found(reply: Reply, mode = 'match'): Found[] {
  expect(reply.status).toBe(200);
  const entries = (reply.json.entry ?? []) as { resource: Found; search: { mode: string } }[];
  return entries.filter(({ search }) => search.mode === mode).map(({ resource }) => resource);
}

async function idsOf(query: string, token?: string): Promise<string[]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return found(await gateway.send('GET', query, undefined, headers)).map((one) => one.id);
}

async function pages(query: string, between = (_page: number): Promise<unknown> => Promise.resolve()) {
  const all: Found[] = [];
  let next: string | undefined = query;
  for (let page = 0; next !== undefined; page++) {
    if (page > 50) throw new Error('pages without an end');
    const reply: Reply = await gateway.send('GET', next);
    all.push(...found(reply));
    next = nextPage(reply);
    await between(page);
  }
  return all;
}

describe('a forecast at /fhir/r4', () => {
  it('is a valid RiskAssessment that reads as the newest forecast, whatever was refused since', async () => {
    const read = await gateway.send('GET', `/RiskAssessment/${id}`);
    expect([read.status, read.headers.get('etag')]).toEqual([200, 'W/"7"']);
    expect(read.json).toMatchObject({
      subject: { reference: 'Patient/p1' },
      occurrenceDateTime: '2026-11-29T06:10:00.000Z',
      prediction: [{ probabilityDecimal: 80 }, { whenPeriod: { start: '2026-11-29T07:10:00.000Z' } }],
    });
    const parsed = parseJson(read.text);
    expect(parsed.ok && validate(parsed.value)).toEqual([]);
    const { json } = await gateway.send('POST', '', batch({ request: { method: 'GET', url: `RiskAssessment/${id}` } }));
    expect(json.entry[0].resource).toEqual(read.json);
  });

  it('has those of before, settled ones among them, as its history', async () => {
    const { json } = await gateway.send('GET', `/RiskAssessment/${id}/_history`);
    const versions = json.entry.map(({ resource }: { resource: Found }) => resource.meta.versionId);
    expect([json.total, versions]).toEqual([3, ['7', '5', '3']]);
    const first = await gateway.send('GET', `/RiskAssessment/${id}/_history/3`);
    expect(first.json).toEqual(json.entry[2].resource);
    expect(first.json.occurrenceDateTime).toBe('2026-11-29T06:00:00.000Z');
    expect((await gateway.send('GET', `/RiskAssessment/${id}/_history/8`)).status).toBe(404);
    const since = new Date(T0 + 6 * MINUTE).toISOString();
    expect((await gateway.send('GET', `/RiskAssessment/${id}/_history?_since=${since}`)).json.total).toBe(1);
  });

  it('shows the newest value in place of a demoted model, and says so', async () => {
    const [heart] = found(await gateway.send('GET', '/RiskAssessment?patient=p1&method=vital-forecast'));
    expect(heart).toMatchObject({ id: expect.stringContaining('vital-forecast') });
    expect(JSON.stringify(heart)).toContain('which is shown in its place');
    expect(heart).toMatchObject({
      prediction: [{ extension: [{ valueQuantity: { value: 100 } }, {}, {}, {}, {}, {}, {}, {}] }, {}],
    });
  });

  it('names an event that nobody measures, with its probability', async () => {
    const [risk] = found(await gateway.send('GET', '/RiskAssessment?patient=p4'));
    expect(risk).toMatchObject({
      code: { text: 'Forecast of Unstable vital signs within 12 h' },
      prediction: [
        {
          outcome: { coding: [{ code: 'deterioration-risk' }] },
          probabilityDecimal: 28.7,
          whenPeriod: { start: '2026-11-29T06:00:00.000Z', end: '2026-11-29T18:00:00.000Z' },
        },
      ],
    });
    expect(await idsOf('/RiskAssessment?patient=p4&probability=ge28')).toHaveLength(1);
  });

  it.each([
    `/RiskAssessment/fc-1-5-in-shadow`,
    '/RiskAssessment/fc-zzz-5-glucose-forecast',
    '/Provenance/fc-zzz-5-glucose-forecast',
  ])('is not there where nothing is shown: %s', async (path) =>
    expect((await gateway.send('GET', path)).status).toBe(404),
  );

  it('is not to be seen by another tenant', async () => {
    const headers = { authorization: `Bearer ${tokenOf(2, 'system/*.rs')}` };
    expect((await gateway.send('GET', `/RiskAssessment/${id}`, undefined, headers)).status).toBe(404);
    expect(await idsOf('/RiskAssessment?patient=p1', tokenOf(2, 'system/*.rs'))).toHaveLength(1);
  });

  it('is read-only for clients', async () => {
    const body = { resourceType: 'RiskAssessment', id, status: 'final', subject: { reference: 'Patient/p1' } };
    const replies = [
      await gateway.send('PUT', `/RiskAssessment/${id}`, body),
      await gateway.send('DELETE', `/RiskAssessment/${id}`),
      await gateway.send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [put(body)] }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe('a search of RiskAssessments', () => {
  it.each([
    ['patient=p1', 2],
    ['subject=Patient/p1', 2],
    ['patient=p2', 1],
    ['patient=p3', 0],
    ['patient=p1,p2,p3', 3],
    ['', 4],
    ['_id=ID', 1],
    ['_id=ID&patient=p2', 0],
    ['patient=p1&date=ge2026-11-29T06:09:00Z', 1],
    ['patient=p1&date=lt2026-11-29T06:09:00Z', 1],
    ['_lastUpdated=gt2026-11-29T06:09:30Z', 1],
    ['method=glucose-forecast', 2],
    ['method:not=glucose-forecast', 2],
    ['probability=80', 3],
    ['probability=gt90', 0],
    ['_tag=urn:homeostat:tag|made-here', 4],
    ['condition:missing=true', 4],
    ['patient.gender=male', 0],
  ])('by %s finds %d of them', async (query, count) => {
    expect(await idsOf(`/RiskAssessment?${query.replace('ID', id)}`)).toHaveLength(count);
  });

  it('finds stored ones beside them, in one order by date', async () => {
    const own = {
      resourceType: 'RiskAssessment',
      status: 'final',
      subject: { reference: 'Patient/p2' },
      occurrenceDateTime: '2026-11-29T06:00:30Z',
    };
    const { json } = await gateway.send('POST', '/RiskAssessment', own);
    const times = (all: readonly Found[]) => all.map(({ occurrenceDateTime }) => Date.parse(occurrenceDateTime ?? ''));
    for (const count of [1, 2, 10]) {
      const query = `/RiskAssessment?patient=p1,p2&_count=${count}`;
      const [up, down] = [times(await pages(`${query}&_sort=date`)), times(await pages(`${query}&_sort=-date`))];
      expect([up.length, up]).toEqual([4, up.toSorted((a, b) => a - b)]);
      expect(down).toEqual(up.toReversed());
      expect(await pages(query)).toHaveLength(4);
      expect(await pages(`/RiskAssessment?_count=${count}`)).toHaveLength(5);
    }
    expect((await gateway.send('GET', '/RiskAssessment?_summary=count')).json.total).toBe(5);
    await gateway.send('DELETE', `/RiskAssessment/${json.id as string}`);
  });

  it('neither misses nor doubles one while models forecast anew', async () => {
    await storeForecasts(
      gateway.pool,
      Array.from({ length: 6 }, (_, at) => ({ patient: `q${at}`, issuedAt: T0 + at * MINUTE })),
    );
    const patients = Array.from({ length: 6 }, (_, at) => `q${at}`).join(',');
    for (const [run, sort] of ['', '&_sort=-date', '&_sort=date'].entries()) {
      const all = await pages(`/RiskAssessment?patient=${patients}&_count=2${sort}`, (page) =>
        storeForecasts(gateway.pool, [
          {
            patient: `q${5 - page}`,
            version: 10 * run + page + 2,
            issuedAt: T0 + 60 * MINUTE,
            recordedAt: Date.now(),
          },
        ]),
      );
      expect([all.length, new Set(all.map((one) => one.id)).size]).toEqual([6, 6]);
    }
  });

  it('is within the restriction of a scope', async () => {
    const token = tokenOf(1, 'system/RiskAssessment.rs?method=vital-forecast');
    expect(await idsOf('/RiskAssessment?patient=p1', token)).toEqual([expect.stringContaining('vital-forecast')]);
    const headers = { authorization: `Bearer ${token}` };
    expect((await gateway.send('GET', `/RiskAssessment/${id}`, undefined, headers)).status).toBe(404);
    expect(
      (
        await gateway.send('GET', '/RiskAssessment', undefined, {
          authorization: `Bearer ${tokenOf(1, 'system/Patient.rs')}`,
        })
      ).status,
    ).toBe(403);
  });
});

describe('the record of a patient', () => {
  it('has the forecasts in $everything and in the compartment, as long as the Patient is there', async () => {
    const types = async (path: string): Promise<string[]> =>
      (await pages(path)).map((one) => one.resourceType).toSorted();
    expect(await types('/Patient/p1/$everything?_count=1')).toEqual(['Patient', 'RiskAssessment', 'RiskAssessment']);
    expect(await types('/Patient/p1/RiskAssessment')).toEqual(['RiskAssessment', 'RiskAssessment']);
    await gateway.send('DELETE', '/Patient/p3');
    expect((await gateway.send('GET', '/Patient/p3/$everything')).status).toBe(410);
  });
});

describe('the Provenance of a forecast', () => {
  it('is read under its id, and found by what it is about', async () => {
    const { json } = await gateway.send('GET', `/Provenance/${id}`);
    expect(json).toMatchObject({ target: [{ reference: `RiskAssessment/${id}` }], meta: { versionId: '7' } });
    expect(await idsOf(`/Provenance?target=RiskAssessment/${id}`)).toEqual([id]);
    expect(await idsOf(`/Provenance?_id=${id}`)).toEqual([id]);
    expect(await idsOf('/Provenance')).toEqual([]);
    const reply = await gateway.send('GET', '/RiskAssessment?patient=p1&_revinclude=Provenance:target');
    expect(found(reply, 'include')).toEqual(expect.arrayContaining([json]));
    expect(found(reply, 'include')).toHaveLength(2);
  });
});
