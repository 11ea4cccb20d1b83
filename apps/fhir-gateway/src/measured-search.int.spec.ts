import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { heartRate, TestFhirGateway, tokenOf, type Reply } from '../../../test/support/fhir-gateway.js';
import { storeMeasured } from '../../../test/support/forecasts/measured-values.js';

const T0 = Date.UTC(2026, 10, 29, 6);
const MINUTE = 60_000;
const at = (minute: number): string => new Date(T0 + minute * MINUTE).toISOString();

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await TestFhirGateway.open(4);
  for (const id of ['p1', 'p2']) await gateway.send('PUT', `/Patient/${id}`, { resourceType: 'Patient', id });
  // Stored ones at even minutes, each measured, too; those of the watch at odd ones, and one of each at the same moment.
  for (let minute = 0; minute <= 20; minute += 2) {
    const more = { id: `o${minute}`, effectiveDateTime: at(minute) };
    await gateway.send('PUT', `/Observation/o${minute}`, heartRate('Patient/p1', 60 + minute, more));
    await storeMeasured(gateway.pool, [
      { source: 'fhir', sourced: true, at: T0 + minute * MINUTE, value: 60 + minute },
    ]);
  }
  for (let minute = 1; minute <= 19; minute += 2)
    await storeMeasured(gateway.pool, [{ at: T0 + minute * MINUTE, value: 60 + minute }]);
  await storeMeasured(gateway.pool, [
    { at: T0 + 10 * MINUTE, value: 100 },
    { at: T0 + 5 * MINUTE, code: 9, value: 90 },
    { at: T0 + 6 * MINUTE, code: 9, value: 91, superseded: true },
    { at: T0 + 7 * MINUTE, code: 8, value: 37, version: 2, retracted: true },
    { patient: 'p2', at: T0, value: 70 },
  ]);
}, 120_000);

afterAll(() => gateway.close());

interface Entry {
  readonly resource: { readonly id: string; readonly effectiveDateTime: string };
  readonly search: { readonly mode: string };
}

function matched(reply: Reply): Entry['resource'][] {
  const entries = (reply.json.entry ?? []) as Entry[];
  return entries.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource);
}

/** All pages; `between` runs after each. */
async function pages(query: string, between = (_page: number): Promise<unknown> => Promise.resolve()) {
  const all: Entry['resource'][] = [];
  let next: string | undefined = query;
  for (let page = 0; next !== undefined; page++) {
    if (page > 100) throw new Error('pages without an end');
    const reply: Reply = await gateway.send('GET', next);
    expect(reply.status).toBe(200);
    all.push(...matched(reply));
    next = nextOf(reply);
    await between(page);
  }
  return all;
}

function nextOf({ json }: Reply): string | undefined {
  const links = json.link as { relation: string; url: string }[];
  return links.find(({ relation }) => relation === 'next')?.url.slice(`${gateway.url}/fhir/r4`.length);
}

describe('a search of Observations of a patient', () => {
  it.each(['', '&_sort=date', '&_sort=-date', '&_sort=_lastUpdated'])(
    'has each stored and each wearable one once, on pages of any size%s',
    async (sort) => {
      for (const count of [1, 3, 7, 24, 100]) {
        const found = await pages(`/Observation?patient=p1&_count=${count}${sort}`);
        expect([count, found.length, new Set(found.map(({ id }) => id)).size]).toEqual([count, 24, 24]);
        const times = found.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime));
        if (sort === '&_sort=date') expect(times).toEqual(times.toSorted((a, b) => a - b));
        if (sort === '&_sort=-date') expect(times).toEqual(times.toSorted((a, b) => b - a));
      }
    },
    120_000,
  );

  it('goes on by date over all patients as long as there are not ten times as many as it may begin with', async () => {
    const next = nextOf(await gateway.send('GET', '/Observation?code=8867-4&_sort=-date&_count=2'))!;
    expect((await gateway.send('GET', next)).status).toBe(200);
    await gateway.pool.query(
      `INSERT INTO twins (tenant, patient) SELECT 1, 'crowd' || n FROM generate_series(1, 10000) AS n`,
    );
    const refused = await gateway.send('GET', next);
    await gateway.pool.query(`DELETE FROM twins WHERE patient LIKE 'crowd%'`);
    expect([refused.status, refused.json.issue[0].code]).toEqual([400, 'too-costly']);
    expect(refused.json.issue[0].diagnostics).toContain('name the patients');
  }, 60_000);

  it('neither misses nor doubles what is there all the time while others write', async () => {
    for (const sort of ['', '&_sort=date', '&_sort=-date']) {
      let minute = 0;
      const found = await pages(`/Observation?patient=p1&code=8867-4&_count=4${sort}`, async (page) => {
        minute += 2.5;
        await storeMeasured(gateway.pool, [{ at: T0 + minute * MINUTE, value: 200, source: 'late' }]);
        await gateway.send(
          'PUT',
          `/Observation/x${page}`,
          heartRate('Patient/p1', 201, { id: `x${page}`, effectiveDateTime: at(minute) }),
        );
      });
      const steady = found.filter(({ effectiveDateTime }) => (Date.parse(effectiveDateTime) - T0) % MINUTE === 0);
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
      const known = steady.filter(({ id }) => id.startsWith('o') || id.startsWith('m'));
      expect(known.filter(({ id }) => id.startsWith('o'))).toHaveLength(11);
      expect(
        new Set(known.filter(({ id }) => id.startsWith('m')).map(({ effectiveDateTime }) => effectiveDateTime)).size,
      ).toBeGreaterThanOrEqual(11);
      await gateway.pool.query(
        `DELETE FROM measurements m USING sources s WHERE s.key = m.source AND s.source = 'late'`,
      );
      for (let page = 0; page < 20; page++) await gateway.send('DELETE', `/Observation/x${page}`);
    }
  }, 120_000);

  it.each<[string, number]>([
    ['patient=p1&code=8867-4', 22],
    ['subject=Patient/p1&code=http://loinc.org|8867-4', 22],
    ['patient=p1&code=99504-3', 1],
    ['patient=p1&code:not=8867-4', 2],
    ['patient=p1&category=vital-signs', 12],
    [`patient=p1&code=8867-4&date=ge${at(15)}`, 6],
    [`patient=p1&code=8867-4&date=ge${at(5)}&date=lt${at(8)}`, 3],
    [`patient=p1&date=${at(10)}`, 2],
    ['patient=p1&status=entered-in-error', 1],
    ['patient=p1&value-quantity=gt99', 1],
    ['patient=p1&code=8867-4&value-quantity=61||/min', 1],
    ['patient=p1,p2&code=8867-4', 23],
    ['patient=p2', 1],
    ['patient=nobody', 0],
  ])('%s', async (query, count) => {
    const reply = await gateway.send('GET', `/Observation?${query}`);
    expect([matched(reply).length, reply.json.total]).toEqual([count, count]);
    const counted = await gateway.send('GET', `/Observation?${query}&_summary=count`);
    expect(counted.json.total).toBe(count);
  });

  it('is the same in the compartment of the patient, and in a search of several types', async () => {
    expect(matched(await gateway.send('GET', '/Patient/p1/Observation'))).toHaveLength(24);
    expect(await pages('/Patient/p1/*?_count=5')).toHaveLength(25);
  });

  it('$lastn has the newest of each code, stored or of a wearable sender', async () => {
    const last = async (query: string, headers = {}): Promise<string[]> => {
      const reply = await gateway.send('GET', `/Observation/$lastn?${query}`, undefined, headers);
      expect(reply.status).toBe(200);
      return matched(reply).map(({ id, effectiveDateTime }) => `${id.slice(0, 1)} ${effectiveDateTime.slice(11, 16)}`);
    };
    expect((await last('patient=p1')).sort()).toEqual(['m 06:05', 'm 06:07', 'o 06:20']);
    expect(await last('patient=p1&code=8867-4&max=3')).toEqual(['o 06:20', 'm 06:19', 'o 06:18']);
    expect(await last(`patient=p1&code=8867-4&date=le${at(10)}&max=2`)).toEqual(['o 06:10', 'm 06:10']);
    expect(await last('patient=p2')).toEqual(['m 06:00']);
    const glucose = { authorization: `Bearer ${tokenOf(1, 'system/Observation.rs?code=99504-3')}` };
    expect(await last('patient=p1', glucose)).toEqual(['m 06:05']);
  });

  it('shows what the scopes of the client allow', async () => {
    const as = (...scopes: string[]) => ({ authorization: `Bearer ${tokenOf(1, ...scopes)}` });
    const glucose = as('system/Observation.rs?code=99504-3');
    expect(matched(await gateway.send('GET', '/Observation?patient=p1', undefined, glucose))).toHaveLength(1);
    const other = { authorization: `Bearer ${tokenOf(2, 'system/*.cruds')}` };
    expect(matched(await gateway.send('GET', '/Observation?patient=p1', undefined, other))).toHaveLength(0);
  });

  it('refuses a page link that was altered', async () => {
    for (const value of [{ indexed: 7 }, { indexed: null, measured: [1] }, { indexed: 'x', measured: null }]) {
      const cursor = Buffer.from(JSON.stringify(value)).toString('base64url');
      expect((await gateway.send('GET', `/Observation?patient=p1&_cursor=${cursor}`)).status).toBe(400);
    }
  });
});

describe('a search of Observations that names no patient', () => {
  it.each<[string, number]>([
    ['', 25],
    ['code=8867-4', 23],
    ['code=99504-3', 1],
    ['category=vital-signs', 13],
    ['status=entered-in-error', 1],
    [`code=8867-4&date=ge${at(15)}`, 6],
    [`date=${at(0)}`, 2],
    ['value-quantity=gt99', 1],
    ['patient:not=p1', 1],
    ['code=1234-5', 0],
  ])('finds those of all patients: %s', async (query, count) => {
    const reply = await gateway.send('GET', `/Observation?${query}`);
    expect([matched(reply).length, reply.json.total]).toEqual([count, count]);
    const counted = await gateway.send('GET', `/Observation?${query}&_summary=count`);
    expect(counted.json.total).toBe(count);
  });

  it.each(['', '&_sort=_lastUpdated'])(
    'has each once on pages of any size, stored ones before the others%s',
    async (sort) => {
      for (const count of [1, 4, 24, 100]) {
        const found = (await pages(`/Observation?_count=${count}${sort}`)).map(({ id }) => id);
        expect([count, found.length, new Set(found).size]).toEqual([count, 25, 25]);
        expect(found.map((id) => /^m[sd]-/.test(id))).toEqual([...Array(11).fill(false), ...Array(14).fill(true)]);
      }
      const { json } = await gateway.send('GET', `/Observation?_count=4${sort}`);
      const outcome = json.entry.find(({ search }: Entry) => search.mode === 'outcome');
      expect(outcome?.resource.issue[0].code).toBe(sort === '' ? undefined : 'informational');
    },
    120_000,
  );

  it('goes on in one order by date, although so many patients came that it would begin in another', async () => {
    const crowd = Array.from({ length: 1_001 }, (_, n) => ({ patient: `crowd${n}`, at: T0 - MINUTE, value: 1 }));
    const query = '/Observation?code=8867-4&_sort=-date&_count=20';
    const found = await pages(query, async (page) => {
      if (page === 0) await storeMeasured(gateway.pool, crowd);
    });
    const times = found.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime));
    expect(times.slice(0, 23)).toEqual(times.slice(0, 23).toSorted((a, b) => b - a));
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    const { json } = await gateway.send('GET', query);
    expect(json.entry.find(({ search }: Entry) => search.mode === 'outcome')?.resource.issue[0].code).toBe(
      'informational',
    );
    await gateway.pool.query(
      `DELETE FROM measurements m USING twins t WHERE t.tenant = m.tenant AND t.key = m.twin AND t.patient LIKE 'crowd%'`,
    );
    await gateway.pool.query(`DELETE FROM twins WHERE patient LIKE 'crowd%'`);
  }, 60_000);

  it('neither misses nor doubles what is there all the time while others write', async () => {
    let minute = 0;
    const found = await pages('/Observation?code=8867-4&_count=3', async (page) => {
      minute += 2.5;
      await storeMeasured(gateway.pool, [
        { source: 'late', at: T0 + minute * MINUTE, value: 1 },
        { source: 'late', patient: `a${page}`, at: T0, value: 1 },
      ]);
    });
    const kept = found.filter((one) => !JSON.stringify(one).includes('"late"')).map(({ id }) => id);
    expect([kept.length, new Set(kept).size]).toEqual([23, 23]);
    const ids = found.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    await gateway.pool.query(`DELETE FROM measurements m USING sources s WHERE s.key = m.source AND s.source = 'late'`);
  }, 60_000);

  it('finds them by id', async () => {
    const all = matched(await gateway.send('GET', '/Observation?patient=p1&_count=100')).map(({ id }) => id);
    const own = all.filter((id) => id.startsWith('m'));
    const some = [...own.slice(0, 3), 'o4', 'nothing'];
    for (const count of [1, 10]) {
      const found = await pages(`/Observation?_id=${some.join(',')}&_count=${count}&_sort=-date`);
      expect(found.map(({ id }) => id).toSorted()).toEqual(some.slice(0, 4).toSorted());
      const times = found.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime));
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });

  it('shows what the scopes of the client allow, of its own tenant', async () => {
    const as = (tenant: number, scope: string) => ({ authorization: `Bearer ${tokenOf(tenant, scope)}` });
    const glucose = as(1, 'system/Observation.rs?code=99504-3');
    expect(matched(await gateway.send('GET', '/Observation', undefined, glucose))).toHaveLength(1);
    await storeMeasured(gateway.pool, [{ tenant: 2, patient: 'p9', at: T0 }]);
    expect(matched(await gateway.send('GET', '/Observation', undefined, as(2, 'system/*.cruds')))).toHaveLength(1);
  });

  it('says that chains find stored ones only', async () => {
    const { json } = await gateway.send('GET', '/Observation?patient.gender=male');
    const outcome = json.entry.find(({ search }: Entry) => search.mode === 'outcome');
    expect(outcome.resource.issue[0]).toMatchObject({ severity: 'information', code: 'incomplete' });
  });
});
