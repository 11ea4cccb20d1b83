import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { JsonObject } from '#libs/domain/fhir';
import { createTestDatabase } from '#libs/testing';
import { compartmentParameters, matches, searchValuesOf, type Condition, type SearchValues } from '#libs/fhir-search';
import type { ResourceChange } from '#libs/fhir-rest';
import { randomFrom } from '#libs/testing/properties';
import { madeResource } from '../../libs/fhir-search/src/fixtures/made-resource.fixture.js';
import { createPool, FhirStore, searchIds } from '#libs/platform/storage';
import { conditionFrom } from '../support/search/drawn-condition.js';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const PER_TYPE = 40;
const TYPES = [
  'Observation',
  'Patient',
  'Encounter',
  'Condition',
  'RiskAssessment',
  'ActivityDefinition',
  'Group',
  'MolecularSequence',
];
const SEED = Number(process.env['SEARCH_SEED'] ?? 1);

interface Made {
  readonly type: string;
  readonly id: string;
  readonly resource: JsonObject;
  readonly values: SearchValues;
}

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
const made: Made[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { max: 4 });
  await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'a'), (2, 'b')`);
  const store = new FhirStore(pool);
  const random = randomFrom(SEED);
  for (const type of TYPES) {
    for (let at = 0; at < PER_TYPE; at++) {
      const id = type === 'Patient' && at === 0 ? 'p1' : `${type}-${at}`;
      const resource = {
        ...madeResource(type, random),
        id,
        meta: {
          lastUpdated: new Date(AT).toISOString(),
          tag: [{ system: 't', code: String(at % 3) }],
          profile: [`http://x.example/P${at % 2}/deep`],
        },
      } as unknown as JsonObject;
      made.push({ type, id, resource, values: searchValuesOf(resource) });
    }
  }
  for (const tenant of [1, 2]) {
    // The other tenant has the same resources under other ids.
    const changes = made.map(({ type, id, resource, values }): ResourceChange => ({
      type,
      id: tenant === 1 ? id : `other-${id}`,
      version: 1,
      deleted: false,
      content: JSON.stringify(resource),
      lastUpdated: AT,
      patient: null,
      search: values,
    }));
    await store.transact(async (tx) => {
      await tx.write(tenant, changes);
      return { kind: 'commit', value: undefined };
    });
  }
}, 120_000);

afterAll(async () => {
  await pool.end();
  await database.drop();
}, 60_000);

/** The answer in memory, chains and `_has` looked up among the resources that were made. */
function holds({ type, id, resource, values }: Made, condition: Condition): boolean {
  if (condition.kind === 'chain') {
    return condition.targets.some(({ type: wanted, condition: inner }) =>
      values.references.some(
        ({ parameter, target }) =>
          parameter === condition.parameter &&
          target.kind === 'local' &&
          made.some(
            (one) => one.type === wanted && one.type === target.type && one.id === target.id && holds(one, inner),
          ),
      ),
    );
  }
  if (condition.kind === 'has') {
    return made.some(
      (one) =>
        one.type === condition.type &&
        one.values.references.some(
          ({ parameter, target }) =>
            parameter === condition.parameter &&
            target.kind === 'local' &&
            `${target.type}/${target.id}` === `${type}/${id}`,
        ) &&
        holds(one, condition.condition),
    );
  }
  return matches(resource, values, [condition]) === 'yes';
}

/** How many both find; what they do not agree on goes to the list. */
async function compare(type: string, conditions: readonly Condition[], differences: object[]): Promise<number> {
  const expected = made.filter((one) => one.type === type && conditions.every((condition) => holds(one, condition)));
  const client = await pool.connect();
  try {
    const found = await searchIds(client, 1, { type, conditions }, 1000);
    const ids = expected.map(({ id }) => id);
    const missed = ids.filter((id) => !found.includes(id));
    const surplus = found.filter((id) => !ids.includes(id));
    if (missed.length + surplus.length > 0) differences.push({ type, conditions, missed, surplus });
    return ids.length;
  } finally {
    client.release();
  }
}

describe('the answer of the database', () => {
  it.each(TYPES)(
    'is that of the comparison in memory: %s',
    async (type) => {
      const random = randomFrom(SEED + 1000 + TYPES.indexOf(type));
      const own = made.filter((one) => one.type === type);
      const differences: object[] = [];
      const met = new Map<string, number>();
      for (let run = 0; run < 250; run++) {
        const from = own[Math.floor(random() * own.length)];
        const condition = from === undefined ? undefined : conditionFrom(type, from.values, random);
        if (from === undefined || condition === undefined) continue;
        const another = random() < 0.3 ? conditionFrom(type, from.values, random) : undefined;
        const count = await compare(type, another === undefined ? [condition] : [condition, another], differences);
        if (count > 0 && count < own.length) met.set(condition.kind, (met.get(condition.kind) ?? 0) + 1);
      }
      expect(differences.slice(0, 5)).toEqual([]);
      // Searches that find some and not all are most of them.
      expect([...met.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(60);
    },
    120_000,
  );

  it('is that of the comparison in memory for chains, _has and compartments', async () => {
    const random = randomFrom(SEED + 2000);
    const patient = made.find(({ type, id }) => type === 'Patient' && id === 'p1');
    const differences: object[] = [];
    let some = 0;
    for (let run = 0; run < 60; run++) {
      const inner = conditionFrom('Patient', patient?.values ?? made[0]!.values, random);
      if (inner === undefined) continue;
      for (const [type, parameter] of [
        ['Observation', 'subject'],
        ['Observation', 'patient'],
        ['Encounter', 'patient'],
        ['Group', 'member'],
      ] as const) {
        some += await compare(
          type,
          [{ kind: 'chain', parameter, targets: [{ type: 'Patient', condition: inner }] }],
          differences,
        );
      }
      const from = made.filter(({ type }) => type === 'Observation')[run % PER_TYPE];
      const observed = from === undefined ? undefined : conditionFrom('Observation', from.values, random);
      if (observed === undefined) continue;
      for (const parameter of ['patient', 'subject', 'performer']) {
        some += await compare(
          'Patient',
          [{ kind: 'has', type: 'Observation', parameter, condition: observed }],
          differences,
        );
      }
    }
    for (const type of TYPES) {
      const parameters = compartmentParameters(type);
      if (parameters !== undefined)
        some += await compare(type, [{ kind: 'compartment', patient: 'p1', parameters }], differences);
    }
    expect(differences.slice(0, 5)).toEqual([]);
    expect(some).toBeGreaterThan(50);
  }, 120_000);
});
