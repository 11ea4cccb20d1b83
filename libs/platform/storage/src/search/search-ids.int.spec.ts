import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase } from '#libs/testing';
import { searchValuesOf, type Condition } from '#libs/fhir-search';
import type { ResourceChange } from '#libs/fhir-rest';
import { FhirStore } from '../fhir/fhir-store.js';
import { createPool } from '../postgres/pool.js';
import { notIndexed } from '../search-index/due.js';
import { searchIds } from './search-ids.js';

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
}, 60_000);

type Resource = Parameters<typeof searchValuesOf>[0];

function change(resource: Resource, version = 1): ResourceChange {
  const { resourceType, id } = resource as { resourceType: string; id: string };
  return {
    type: resourceType,
    id,
    version,
    deleted: false,
    content: JSON.stringify(resource),
    lastUpdated: AT,
    patient: null,
    search: searchValuesOf(resource),
  };
}

async function write(tenant: number, ...changes: ResourceChange[]): Promise<void> {
  await store.transact(async (tx) => {
    const lock = changes.map(({ type, id }) => ({ type, id }));
    await tx.look(tenant, { lock, read: [], patients: [], devices: [] });
    await tx.write(tenant, changes);
    return { kind: 'commit', value: undefined };
  });
}

async function ids(tenant: number, type: string, ...conditions: Condition[]): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    return await searchIds(client, tenant, { type, conditions }, 10);
  } finally {
    client.release();
  }
}

function patient(id: string, number: string, family: string): Resource {
  return { resourceType: 'Patient', id, identifier: [{ system: 'urn:mrn', value: number }], name: [{ family }] };
}

function numbered(code: string, system: string | undefined = 'urn:mrn'): Condition {
  return {
    kind: 'token',
    parameter: 'identifier',
    values: [{ ...(system === undefined ? {} : { system }), code }],
    not: false,
  };
}

describe('the index of the current versions', () => {
  it('is written, replaced and removed with the resource', async () => {
    await write(1, change(patient('p', '1', 'Chalmers')));
    expect(await ids(1, 'Patient', numbered('1'))).toEqual(['p']);
    await write(1, change(patient('p', '2', 'Windsor'), 2));
    expect(await ids(1, 'Patient', numbered('1'))).toEqual([]);
    expect(await ids(1, 'Patient', numbered('2'))).toEqual(['p']);
    const name: Condition = { kind: 'string', parameter: 'family', match: 'starts', values: ['winds'] };
    expect(await ids(1, 'Patient', name)).toEqual(['p']);
    await write(1, { ...change(patient('p', '2', 'Windsor'), 3), deleted: true, content: '' });
    expect(await ids(1, 'Patient', numbered('2'))).toEqual([]);
    for (const table of ['fhir_search', 'fhir_search_values']) {
      expect((await pool.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    }
    await write(1, change(patient('p', '2', 'Windsor'), 4));
    expect(await ids(1, 'Patient', numbered('2'), name)).toEqual(['p']);
    expect(await notIndexed(pool as never, 1, ['Patient', 'Observation'])).toEqual([]);
  });

  it('does not show a tenant what another has', async () => {
    await write(1, change(patient('shared', '77', 'One')));
    await write(2, change(patient('other', '77', 'One')));
    expect(await ids(2, 'Patient', numbered('77'))).toEqual(['other']);
    expect(await ids(2, 'Patient', { kind: 'string', parameter: 'name', match: 'contains', values: ['one'] })).toEqual([
      'other',
    ]);
    expect(await ids(2, 'Patient')).toEqual(['other']);
  });

  it('is seen by the transaction that wrote it', async () => {
    await store.transact(async (tx) => {
      await tx.look(1, { lock: [], read: [], patients: [], devices: [] });
      await tx.write(1, [change(patient('within', '99', 'Within'))]);
      expect(await searchIds(tx.client, 1, { type: 'Patient', conditions: [numbered('99')] }, 2)).toEqual(['within']);
      return { kind: 'refused', value: undefined };
    });
    expect(await ids(1, 'Patient', numbered('99'))).toEqual([]);
  });

  it('lists types of which earlier software stored resources', async () => {
    const { search: _, ...unindexed } = change(patient('old', '55', 'Old'));
    await write(1, unindexed);
    expect(await notIndexed(pool as never, 1, ['Patient', 'Observation'])).toEqual(['Patient']);
    await write(1, change(patient('old', '55', 'Old'), 2));
    expect(await notIndexed(pool as never, 1, ['Patient', 'Observation'])).toEqual([]);
    expect(await ids(1, 'Patient', numbered('55'))).toEqual(['old']);
  });
});
