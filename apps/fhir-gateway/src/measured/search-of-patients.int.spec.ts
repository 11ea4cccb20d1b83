import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { heartRate, nextPage, type TestFhirGateway, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { storeMeasured } from '../../../../test/support/forecasts/measured-values.js';
import { at, matched, MINUTE, openMeasured, pages, T0 } from './measured.fixture.js';

let gateway: TestFhirGateway;
beforeAll(async () => {
  gateway = await openMeasured();
}, 120_000);
afterAll(() => gateway.close());

describe('a search of Observations of a patient', () => {
  it.each(['', '&_sort=date', '&_sort=-date', '&_sort=_lastUpdated'])(
    'has each stored and each wearable one once, on pages of any size%s',
    async (sort) => {
      for (const count of [1, 3, 7, 24, 100]) {
        const found = await pages(gateway, `/Observation?patient=p1&_count=${count}${sort}`);
        expect([count, found.length, new Set(found.map(({ id }) => id)).size]).toEqual([count, 24, 24]);
        const times = found.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime));
        if (sort === '&_sort=date') expect(times).toEqual(times.toSorted((a, b) => a - b));
        if (sort === '&_sort=-date') expect(times).toEqual(times.toSorted((a, b) => b - a));
      }
    },
    120_000,
  );

  it('goes on by date over all patients as long as there are not ten times as many as it may begin with', async () => {
    const next = nextPage(await gateway.send('GET', '/Observation?code=8867-4&_sort=-date&_count=2'))!;
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
      const found = await pages(gateway, `/Observation?patient=p1&code=8867-4&_count=4${sort}`, async (page) => {
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
    expect(await pages(gateway, '/Patient/p1/*?_count=5')).toHaveLength(25);
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
