import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { parseJson, RESOURCE_TYPES, type JsonObject } from '#libs/domain/fhir';
import { propertyRuns, randomFrom } from '#libs/testing/properties';
import { searchParameters } from '../definitions/search-parameters.js';
import { searchValuesByEngine, UNTYPED } from '../fixtures/engine.fixture.js';
import { madeResource } from '../fixtures/made-resource.fixture.js';
import type { SearchValues } from '../values/search-values.js';
import { searchValuesOf } from './search-values-of.js';

/** In an order that does not depend on which path was walked first. */
function sorted({ contained, ...values }: SearchValues, type = ''): Record<string, readonly unknown[]> {
  return {
    ...Object.fromEntries(
      Object.entries(values).map(([kind, list]) => [
        kind,
        (list as readonly { readonly parameter: string }[])
          .filter((one) => !UNTYPED.has(`${type} ${one.parameter}`))
          .map((one) => JSON.stringify(one))
          .sort(),
      ]),
    ),
    contained: (contained ?? []).map((one) => ({ ...one, values: sorted(one.values, one.type) })),
  };
}

function read(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  return parsed.value as JsonObject;
}

describe('search values of a resource', () => {
  it('compiles every expression of R4', () => {
    for (const type of RESOURCE_TYPES) expect(() => searchValuesOf({ resourceType: type })).not.toThrow();
  });

  it('finds what the FHIRPath engine finds, in made resources of every type', () => {
    const rounds = propertyRuns(6).numRuns;
    const met = new Set<string>();
    for (const type of RESOURCE_TYPES) {
      for (let round = 0; round < rounds; round += 1) {
        const resource = read(JSON.stringify(madeResource(type, randomFrom(round * 1000 + type.length * 7 + round))));
        const values = searchValuesOf(resource);
        expect({ type, ...sorted(values, type) }).toEqual({ type, ...sorted(searchValuesByEngine(resource)) });
        for (const list of Object.values(values))
          for (const { parameter } of list as { parameter: string }[]) met.add(`${type} ${parameter}`);
      }
    }
    const all = RESOURCE_TYPES.flatMap((type) => [...searchParameters(type).keys()]).length;
    expect(met.size / all).toBeGreaterThan(rounds < 6 ? 0.4 : 0.7);
  });
});

describe('search values of hostile resources', () => {
  it('are none of what has another shape than its type', () => {
    for (const junk of [
      null,
      1,
      'x',
      true,
      [[]],
      [null, [1]],
      { value: {} },
      { coding: 'x' },
      { coding: [{ code: {} }] },
    ]) {
      const resource = {
        resourceType: 'Observation',
        code: junk,
        subject: junk,
        valueQuantity: junk,
        component: junk,
        category: [junk],
        effectivePeriod: junk,
        issued: junk,
        meta: junk,
      };
      expect(() => searchValuesOf(resource as unknown as JsonObject)).not.toThrow();
    }
    for (const type of ['constructor', '__proto__', 'Nothing', ''])
      expect(searchValuesOf({ resourceType: type }).tokens).toEqual([]);
    expect(searchValuesOf({}).tokens).toEqual([]);
    expect(
      searchValuesOf(JSON.parse('{"resourceType":"Patient","constructor":[{"a":1}],"toString":"x"}') as JsonObject)
        .strings,
    ).toEqual([]);
  });

  it('are bounded in number and length, and so is the time they take', () => {
    const started = process.cpuUsage().user;
    const coding = Array.from({ length: 5000 }, (_, index) => ({
      system: 'http://x.example',
      code: `c${index}`,
      display: 'd'.repeat(100),
    }));
    const values = searchValuesOf(
      read(
        JSON.stringify({
          resourceType: 'Observation',
          code: { coding },
          component: coding.map((one) => ({ code: { coding: [one] }, valueQuantity: { value: 1, unit: one.code } })),
          valueString: 'é'.repeat(1_000_000),
        }),
      ),
    );
    const counts = new Map<string, number>();
    for (const list of Object.values(values))
      for (const { parameter } of list as { parameter: string }[])
        counts.set(parameter, (counts.get(parameter) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(1000);
    expect(values.strings.every((one) => one.value.length <= 200 && one.folded.length <= 500)).toBe(true);
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });

  it('ask for no stack where nesting leads nowhere', () => {
    const nested = (depth: number): JsonObject => (depth === 0 ? { a: 1 } : { extension: [nested(depth - 1)] });
    expect(searchValuesOf({ resourceType: 'Patient', ...nested(5000), name: [{ family: 'x' }] }).strings).toHaveLength(
      3,
    );
  });
});

const DATA = process.env['HOMEOSTAT_DATA'] ?? '../shared/data';
/** Published examples and records of synthetic people, where they are there. */
const EXAMPLES = ['fhir_examples', 'fhir_synthea']
  .map((folder) => join(DATA, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.json(\.gz)?$/.test(name))
      .map((name) => join(folder, name)),
  );

(EXAMPLES.length > 0 ? it : it.skip)(
  'finds in open examples what the FHIRPath engine finds',
  () => {
    for (const file of EXAMPLES) {
      const bytes = readFileSync(file);
      const resource = read((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      const entries = (resource['entry'] ?? []) as unknown as readonly { resource?: JsonObject }[];
      // Enough of a long record to see each of its types many times.
      const inside = entries.map((entry) => entry.resource ?? {}).filter((_, index) => index % 4 === 0);
      for (const one of [resource, ...inside])
        expect({ file, ...sorted(searchValuesOf(one)) }).toEqual({ file, ...sorted(searchValuesByEngine(one)) });
    }
  },
  60_000,
);
