import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { JsonObject } from '#libs/domain/fhir';
import { createTestDatabase } from '#libs/testing';
import {
  compartmentParameters,
  isOfTypeParameter,
  matches,
  searchParameters,
  searchValuesOf,
  type Condition,
  type DateValue,
  type Prefix,
  type SearchValues,
  type TokenValue,
} from '#libs/fhir-search';
import type { ResourceChange } from '#libs/fhir-rest';
import { madeResource, type Random } from '../../libs/fhir-search/src/fixtures/made-resource.fixture.js';
import { createPool, FhirStore, searchIds } from '#libs/platform/storage';

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
const PREFIXES: readonly Prefix[] = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];
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

/** Mulberry32: the same resources and searches in every run of one seed. */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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

/** A condition that some of the resources may meet, made from what stands in one of them. */
function conditionFrom(type: string, values: SearchValues, random: Random): Condition | undefined {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const not = random() < 0.2;
  switch (Math.floor(random() * 11)) {
    case 0:
    case 1: {
      const [one, two] = [pick(values.tokens), pick(values.tokens)];
      if (one === undefined) return undefined;
      const value: TokenValue =
        pick([
          { system: one.system, code: one.code },
          // A type of identifiers is always asked for with both.
          ...(isOfTypeParameter(one.parameter) ? [] : [{ code: one.code }, { system: one.system }]),
        ]) ?? {};
      if (value.code === '') return undefined;
      const more =
        two === undefined || two.code === '' || isOfTypeParameter(one.parameter) || random() < 0.6
          ? []
          : [{ code: two.code }];
      return { kind: 'token', parameter: one.parameter, values: [value, ...more], not };
    }
    case 2: {
      const one = pick(values.tokens.filter(({ text }) => text !== undefined));
      return one?.text === undefined
        ? undefined
        : { kind: 'tokenText', parameter: one.parameter, values: [one.text.slice(1, 4)] };
    }
    case 3: {
      const one = pick(values.strings);
      if (one === undefined) return undefined;
      const match = pick(['starts', 'exact', 'contains'] as const) ?? 'starts';
      const value =
        match === 'exact' ? one.value : match === 'starts' ? one.folded.slice(0, 3) : one.folded.slice(1, 3);
      return { kind: 'string', parameter: one.parameter, match, values: [value, '%', '_x'] };
    }
    case 4: {
      const one = pick(values.dates);
      return one === undefined
        ? undefined
        : { kind: 'date', parameter: one.parameter, values: [dateFrom(one, random)] };
    }
    case 5: {
      const one = pick(values.numbers);
      const value = one === undefined ? 0 : Number.isFinite(one.low) ? one.low : one.high;
      const prefix = pick(PREFIXES) ?? 'eq';
      if (one === undefined) return undefined;
      return {
        kind: 'number',
        parameter: one.parameter,
        values: [{ prefix, value, low: value - 0.5, high: value + 0.5 }],
      };
    }
    case 6: {
      const one = pick(values.quantities);
      return one === undefined
        ? undefined
        : { kind: 'quantity', parameter: one.parameter, values: [quantityFrom(one, random)] };
    }
    case 7: {
      const one = pick(values.references);
      if (one === undefined) return undefined;
      const { target, parameter } = one;
      // No request names it.
      if (target.kind === 'contained') return undefined;
      const value =
        target.kind === 'identifier'
          ? ({
              kind: 'identifier',
              token:
                pick([
                  { code: target.value },
                  { system: target.system, code: target.value },
                  { system: target.system },
                ]) ?? {},
            } as const)
          : target.kind === 'local' && random() < 0.4
            ? ({ kind: 'local', id: target.id } as const)
            : target;
      return { kind: 'reference', parameter, values: [value], not };
    }
    case 8: {
      const one = pick(values.uris);
      if (one === undefined) return undefined;
      const match = pick(['equal', 'below', 'above'] as const) ?? 'equal';
      const value =
        match === 'below'
          ? one.value.slice(0, one.value.lastIndexOf('/'))
          : match === 'above'
            ? `${one.value}/more`
            : one.value;
      return { kind: 'uri', parameter: one.parameter, match, values: [value] };
    }
    case 9: {
      const one = pick(values.composites);
      if (one === undefined) return undefined;
      const parts = one.parts.map((part) => conditionOfPart(part, random));
      return parts.some((part) => part === undefined)
        ? undefined
        : { kind: 'composite', parameter: one.parameter, values: [parts as Condition[]] };
    }
    default: {
      const parameter = pick(
        [...searchParameters(type).values()].filter(({ type: kind }) => kind !== 'composite' && kind !== 'special'),
      );
      if (parameter === undefined || parameter.code === '_id' || parameter.code === '_lastUpdated') return undefined;
      return { kind: 'missing', parameter: parameter.code, type: parameter.type, missing: random() < 0.5 };
    }
  }
}

function dateFrom({ from, to }: { from: number; to: number }, random: Random): DateValue {
  const prefix = PREFIXES[Math.floor(random() * PREFIXES.length)] ?? 'eq';
  const start = Number.isFinite(from) ? from : to;
  const end = Number.isFinite(to) ? to : start;
  const [before, behind] = [random() < 0.5 ? 0 : 86_400_000, random() < 0.5 ? 0 : 86_400_000];
  return random() < 0.3
    ? { prefix, from: start - 400 * 86_400_000, to: start - 300 * 86_400_000 }
    : { prefix, from: start - before, to: end + behind };
}

function quantityFrom(
  one: SearchValues['quantities'][number],
  random: Random,
): Extract<Condition, { kind: 'quantity' }>['values'][number] {
  const prefix = PREFIXES[Math.floor(random() * PREFIXES.length)] ?? 'eq';
  const { canonical, system, code, unit } = one;
  const of = canonical !== undefined && random() < 0.5 ? canonical : one;
  const value = Number.isFinite(of.low) ? of.low : of.high;
  const range = { prefix, value, low: value - 0.5, high: value + 0.5 };
  if (of === canonical) return { ...range, system, code, canonical: canonical.unit };
  const units = [
    {},
    ...(code === '' ? [] : [{ code }, { system, code }]),
    ...(unit === undefined ? [] : [{ code: unit }]),
  ];
  return { ...range, ...units[Math.floor(random() * units.length)] };
}

function conditionOfPart(part: SearchValues, random: Random): Condition | undefined {
  const [token] = part.tokens;
  if (token !== undefined && token.code !== '')
    return { kind: 'token', parameter: token.parameter, values: [{ code: token.code }], not: false };
  const [quantity] = part.quantities;
  if (quantity !== undefined)
    return { kind: 'quantity', parameter: quantity.parameter, values: [quantityFrom(quantity, random)] };
  const [date] = part.dates;
  if (date !== undefined) return { kind: 'date', parameter: date.parameter, values: [dateFrom(date, random)] };
  const [text] = part.strings;
  if (text !== undefined)
    return { kind: 'string', parameter: text.parameter, match: 'starts', values: [text.folded.slice(0, 2)] };
  const [number] = part.numbers;
  if (number === undefined) return undefined;
  return {
    kind: 'number',
    parameter: number.parameter,
    values: [{ prefix: 'ge', value: number.low, low: number.low, high: number.low + 1 }],
  };
}

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
