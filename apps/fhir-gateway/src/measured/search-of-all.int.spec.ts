import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenOf, type TestFhirGateway } from '../../../../test/support/fhir-gateway.js';
import { storeMeasured } from '../../../../test/support/forecasts/measured-values.js';
import { at, matched, MINUTE, openMeasured, pages, T0, type Entry } from './measured.fixture.js';

let gateway: TestFhirGateway;
beforeAll(async () => {
  gateway = await openMeasured();
}, 120_000);
afterAll(() => gateway.close());

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
        const found = (await pages(gateway, `/Observation?_count=${count}${sort}`)).map(({ id }) => id);
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
    const found = await pages(gateway, query, async (page) => {
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
    const found = await pages(gateway, '/Observation?code=8867-4&_count=3', async (page) => {
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
      const found = await pages(gateway, `/Observation?_id=${some.join(',')}&_count=${count}&_sort=-date`);
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
