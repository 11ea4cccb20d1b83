import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase } from '#libs/testing';
import type { FhirLookups, ResourceChange } from '#libs/fhir-rest';
import { FhirStore } from './fhir-store.js';
import { createPool } from '../postgres/pool.js';

const NOTHING: FhirLookups = { lock: [], read: [], patients: [], devices: [] };
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let store: FhirStore;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 4 });
  await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'a'), (2, 'b')`);
  store = new FhirStore(pool);
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function change(over: Partial<ResourceChange> & { type: string; id: string }): ResourceChange {
  return { version: 1, deleted: false, content: '{}', lastUpdated: AT, patient: null, ...over };
}

async function write(tenant: number, ...changes: ResourceChange[]): Promise<void> {
  await store.transact(async (tx) => {
    const lock = changes.map(({ type, id }) => ({ type, id }));
    await tx.look(tenant, { ...NOTHING, lock });
    await tx.write(tenant, changes);
    return { kind: 'commit', value: undefined };
  });
}

describe('resources', () => {
  it('keeps the text of every version to the letter', async () => {
    await write(1, change({ type: 'Basic', id: 'text', content: '{"v":70.50}' }));
    await write(1, change({ type: 'Basic', id: 'text', version: 2, content: '{"v":70.5}' }));
    expect(await store.read(1, 'Basic', 'text')).toEqual({
      type: 'Basic',
      id: 'text',
      version: 2,
      deleted: false,
      content: '{"v":70.5}',
      lastUpdated: AT,
    });
    expect((await store.readVersion(1, 'Basic', 'text', 1))?.content).toBe('{"v":70.50}');
    const { total, versions } = await store.history(1, {
      of: { kind: 'instance', type: 'Basic', id: 'text' },
      count: 1,
    });
    expect([total, versions.map((one) => one.version)]).toEqual([2, [2]]);
    const after = { type: 'Basic', id: 'text', version: 2, lastUpdated: AT };
    const older = await store.history(1, { of: { kind: 'instance', type: 'Basic', id: 'text' }, count: 10, after });
    expect(older.versions.map((one) => one.version)).toEqual([1]);
  });

  it('keeps every version that one request wrote', async () => {
    await write(
      1,
      change({ type: 'Basic', id: 'thrice', version: 2, content: 'two' }),
      change({ type: 'Basic', id: 'thrice', version: 1, content: 'one' }),
      change({ type: 'Basic', id: 'thrice', version: 3, content: 'three' }),
    );
    const { versions } = await store.history(1, { of: { kind: 'instance', type: 'Basic', id: 'thrice' }, count: 10 });
    expect(versions.map((one) => one.content)).toEqual(['three', 'two', 'one']);
  });

  it('does not show them to another tenant', async () => {
    await write(1, change({ type: 'Patient', id: 'mine' }));
    expect(await store.read(2, 'Patient', 'mine')).toBeUndefined();
    expect(await store.readVersion(2, 'Patient', 'mine', 1)).toBeUndefined();
    const known = await store.transact(async (tx) => ({
      kind: 'commit',
      value: await tx.look(2, { lock: [{ type: 'Patient', id: 'mine' }], read: [], patients: ['mine'], devices: [] }),
    }));
    expect([known.resources.size, known.patients.size]).toEqual([0, 0]);
  });

  it('leaves nothing of a refused request', async () => {
    await store.transact(async (tx) => {
      await tx.write(1, [change({ type: 'Basic', id: 'refused' })]);
      return { kind: 'refused', value: undefined };
    });
    expect(await store.read(1, 'Basic', 'refused')).toBeUndefined();
  });
});

describe('side tables', () => {
  it('follow Patient and Device', async () => {
    await write(
      1,
      change({
        type: 'Patient',
        id: 'p',
        patient: 'p',
        twin: { birthDate: '1970' },
        identifiersAdded: [{ system: 's', value: '1' }],
      }),
      change({ type: 'Device', id: 'd', patient: 'p', devicePatient: 'p' }),
    );
    const look = () =>
      store.transact(async (tx) => ({
        kind: 'commit',
        value: await tx.look(1, { ...NOTHING, patients: ['p', 'absent'], devices: ['d', 'absent'] }),
      }));
    const known = await look();
    expect([...known.patients]).toEqual(['p']);
    expect([...known.deviceAssignments]).toMatchObject([
      ['d', [{ kind: 'version', origin: 'Device/1', patient: 'p', from: AT, until: null, recordedAt: AT }]],
    ]);
    await write(
      1,
      change({
        type: 'Patient',
        id: 'p',
        version: 2,
        deleted: true,
        content: '',
        identifiersRemoved: [{ system: 's', value: '1' }],
      }),
      change({ type: 'Device', id: 'd', version: 2, devicePatient: null }),
    );
    const after = await look();
    expect(after.patients.size).toBe(0);
    expect([...after.deviceAssignments]).toMatchObject([['d', [{ patient: 'p', from: AT, until: AT }]]]);
    const { rows } = await pool.query(`SELECT birth_date FROM twins WHERE tenant = 1 AND patient = 'p'`);
    expect(rows).toEqual([{ birth_date: '1970' }]);
    expect((await pool.query(`SELECT FROM fhir_identifiers WHERE tenant = 1 AND id = 'p'`)).rowCount).toBe(0);
  });
});

describe('one request that writes a Patient twice', () => {
  it('leaves the identifiers of the last version', async () => {
    const [one, two] = [
      { system: 's', value: 'one' },
      { system: 's', value: 'two' },
    ];
    await write(
      1,
      change({ type: 'Patient', id: 'twice', twin: { birthDate: '1980' }, identifiersAdded: [one, two] }),
      change({ type: 'Patient', id: 'twice', version: 2, twin: { birthDate: '1981' }, identifiersRemoved: [one] }),
    );
    const { rows } = await pool.query(
      `SELECT value, birth_date FROM fhir_identifiers i JOIN twins t ON t.tenant = i.tenant AND t.patient = i.id
       WHERE i.tenant = 1 AND i.id = 'twice'`,
    );
    expect(rows).toEqual([{ value: 'two', birth_date: '1981' }]);
  });
});

describe('races', () => {
  it('gives 32 writers of one new resource 32 versions', async () => {
    const key = { type: 'Basic', id: 'raced' };
    await Promise.all(
      Array.from({ length: 32 }, () =>
        store.transact(async (tx) => {
          const known = await tx.look(1, { ...NOTHING, lock: [key] });
          const version = (known.resources.get('Basic/raced')?.version ?? 0) + 1;
          await tx.write(1, [change({ ...key, version, content: String(version) })]);
          return { kind: 'commit', value: undefined };
        }),
      ),
    );
    const { versions } = await store.history(1, { of: { kind: 'instance', type: 'Basic', id: 'raced' }, count: 100 });
    expect(versions.map((one) => Number(one.content))).toEqual(Array.from({ length: 32 }, (_, at) => 32 - at));
  });

  it('lets requests lock the same resources in any order', async () => {
    const ids = ['x', 'y', 'Z', 'a-1', 'A'];
    await write(1, ...ids.map((id) => change({ type: 'Basic', id })));
    let tries = 0;
    await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        store.transact(async (tx) => {
          tries++;
          const order = at % 2 === 0 ? ids : [...ids].reverse();
          const known = await tx.look(1, { ...NOTHING, lock: order.map((id) => ({ type: 'Basic', id })) });
          const next = (id: string) => (known.resources.get(`Basic/${id}`)?.version ?? 0) + 1;
          await tx.write(
            1,
            order.map((id) => change({ type: 'Basic', id, version: next(id) })),
          );
          return { kind: 'commit', value: undefined };
        }),
      ),
    );
    expect(tries).toBe(24);
    expect((await store.read(1, 'Basic', 'x'))?.version).toBe(25);
  });
});

describe('statements that COMMIT follows at once', () => {
  const unwritable = {
    toPostgres: () => {
      throw new Error('no such value');
    },
  };
  it.each([
    ['the database refuses one of them', 'SELECT 1 / $1::int', 0, 'division by zero'],
    ['one of them cannot be sent', 'SELECT $1::text', unwritable, 'no such value'],
  ])('leave nothing when %s', async (_, text, value, message) => {
    for (const order of ['first', 'last'] as const) {
      const request = store.transact(async (tx) => {
        const bad = (): Promise<unknown> => tx.client.query(text, [value]);
        const good = (): Promise<unknown> => tx.write(1, [change({ type: 'Basic', id: 'behind' })]);
        return { kind: 'commit', value: undefined, sent: order === 'first' ? [bad(), good()] : [good(), bad()] };
      });
      await expect(request).rejects.toThrow(message);
      expect(await store.read(1, 'Basic', 'behind')).toBeUndefined();
    }
    await write(1, change({ type: 'Basic', id: `after ${message}` }));
    expect(
      (await pool.query(`SELECT FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()`))
        .rowCount,
    ).toBe(0);
  });
});

describe('a connection that ends in the middle', () => {
  it('fails its request and nothing else', async () => {
    const cut = store.transact(async (tx) => {
      const { rows } = await tx.client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await tx.write(1, [change({ type: 'Basic', id: 'cut' })]);
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { kind: 'commit', value: undefined };
    });
    await expect(cut).rejects.toThrow();
    expect(await store.read(1, 'Basic', 'cut')).toBeUndefined();
  });
});
