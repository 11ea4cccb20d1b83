import { describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { PatientsById } from './patients-by-id.js';

/** A table of patients (`tenant/id`), each query to which is noted and answered when the test says so. */
function tableOf(...patients: string[]) {
  const there = new Set(patients);
  const queries: string[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const query = async ({ values: [tenants, ids] }: { values: [number[], string[]] }) => {
    const wanted = ids.map((id, index) => ({ tenant: tenants[index], patient: id, birth_date: null }));
    queries.push(wanted.map(({ tenant, patient }) => `${tenant}/${patient}`));
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return { rows: wanted.filter(({ tenant, patient }) => there.has(`${tenant}/${patient}`)) };
  };
  const asked = async (index: number): Promise<PromiseWithResolvers<void>> => {
    while (gates[index] === undefined) await new Promise((resolve) => setImmediate(resolve));
    return gates[index];
  };
  return { there, queries, asked, pool: { query } as unknown as Pick<Pool, 'query'> };
}

const idsOf = (found: readonly { readonly patient: string }[]): string[] => found.map(({ patient }) => patient).sort();

describe('patients by id', () => {
  it('that are asked for while a query is under way go into the next one, of all tenants', async () => {
    const { pool, queries, asked } = tableOf('1/a', '2/a', '2/b');
    const patients = new PatientsById(pool, () => 0);
    const first = [patients.find(1, ['a', 'x']), patients.find(2, ['a'])];
    const gate = await asked(0);
    const next = [patients.find(2, ['b']), patients.find(1, ['a']), patients.find(2, ['b', 'y'])];
    gate.resolve();
    (await asked(1)).resolve();
    expect((await Promise.all([...first, ...next])).map(idsOf)).toEqual([['a'], ['a'], ['b'], ['a'], ['b']]);
    expect(queries).toEqual([
      ['1/a', '1/x', '2/a'],
      ['2/b', '1/a', '2/y'],
    ]);
  });

  it('are remembered for less than ten seconds, and looked up again before that while they are asked for', async () => {
    const { there, pool, queries, asked } = tableOf('1/a');
    let now = 0;
    const patients = new PatientsById(pool, () => now);
    const first = patients.find(1, ['a']);
    (await asked(0)).resolve();
    await first;
    now = 4_999;
    expect(idsOf(await patients.find(1, ['a']))).toEqual(['a']);
    expect(queries).toHaveLength(1);
    now = 5_000;
    expect(idsOf(await patients.find(1, ['a']))).toEqual(['a']);
    there.delete('1/a');
    (await asked(1)).resolve();
    await new Promise((resolve) => setImmediate(resolve));
    const gone = patients.find(1, ['a']);
    (await asked(2)).resolve();
    expect(await gone).toEqual([]);
  });

  it('that nobody asked for in the meantime are not taken to be there after ten seconds', async () => {
    const { there, pool, asked } = tableOf('1/a');
    let now = 0;
    const patients = new PatientsById(pool, () => now);
    const first = patients.find(1, ['a']);
    (await asked(0)).resolve();
    expect(idsOf(await first)).toEqual(['a']);
    there.delete('1/a');
    now = 10_000;
    const later = patients.find(1, ['a']);
    (await asked(1)).resolve();
    expect(await later).toEqual([]);
  });

  it('that are not there are asked for each time, and so is what failed', async () => {
    const { there, pool, asked } = tableOf();
    const patients = new PatientsById(pool, () => 0);
    const before = patients.find(1, ['a']);
    (await asked(0)).resolve();
    expect(await before).toEqual([]);
    there.add('1/a');
    const failing = patients.find(1, ['a']);
    (await asked(1)).reject(new Error('the database is away'));
    await expect(failing).rejects.toThrow('the database is away');
    const after = patients.find(1, ['a']);
    (await asked(2)).resolve();
    expect(idsOf(await after)).toEqual(['a']);
  });
});
