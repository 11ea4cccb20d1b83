import { describe, expect, it } from '@jest/globals';
import { parseJson, RESOURCE_TYPES, type JsonObject } from '#libs/domain/fhir';
import { propertyRuns, randomFrom } from '#libs/testing/properties';
import { searchParameters } from '../definitions/search-parameters.js';
import { searchValuesOf } from '../extract/search-values-of.js';
import { madeResource } from '../fixtures/made-resource.fixture.js';
import { escape } from '../query/values/escapes.js';
import { parseSearch, type SearchParameterValue } from '../query/parse-search.js';
import type { SearchValues } from '../values/search-values.js';
import { matches } from './matches.js';

function read(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  return parsed.value as JsonObject;
}

function date(ms: number): string {
  return new Date(ms).toISOString();
}

/** Requests that must find a resource, as a client would write them who knows its values; of one value as it stands in a composite. */
function requestsFor(values: SearchValues): readonly SearchParameterValue[] {
  return [
    ...values.tokens.filter(isOfType).map(({ parameter: name, system, code }) => {
      const at = system.lastIndexOf('|');
      const type = `${escape(system.slice(0, at))}|${escape(system.slice(at + 1))}`;
      return { name, value: `${type}|${escape(code)}` };
    }),
    ...values.tokens
      .filter((one) => !isOfType(one))
      .flatMap(({ parameter: name, system, code, text }) => [
        ...(code === '' ? [] : [`${escape(system)}|${escape(code)}`, escape(code)].map((value) => ({ name, value }))),
        ...(system === '' ? [] : [{ name, value: `${escape(system)}|` }]),
        ...(text === undefined ? [] : [{ name: `${name}:text`, value: escape(text.slice(1).trim() || text) }]),
      ]),
    ...values.strings.flatMap(({ parameter: name, value, folded }) => [
      { name, value: escape(folded) },
      { name, value: escape(folded.slice(0, 3)) },
      { name: `${name}:exact`, value: escape(value) },
      { name: `${name}:contains`, value: escape(folded.slice(-2).trim() || folded) },
    ]),
    ...values.dates.flatMap(({ parameter: name, from, to }) => [
      ...(Number.isFinite(from) ? [`ge${date(from)}`, 'sa0001'] : []).map((value) => ({ name, value })),
      ...(Number.isFinite(to) ? [`le${date(to)}`, 'eb9999'] : []).map((value) => ({ name, value })),
    ]),
    ...values.numbers.flatMap(({ parameter: name, low, high }) =>
      [
        { name, value: `ge${low}` },
        { name, value: `le${high}` },
        { name, value: String(low === high ? low : `ap${low}`) },
      ].filter((one) => !one.value.includes('Infinity')),
    ),
    ...values.quantities
      .flatMap(({ parameter: name, low, high, system, code, unit }) =>
        [
          '',
          ...(code === '' ? [] : [`||${escape(code)}`, `|${escape(system)}|${escape(code)}`]),
          ...(unit === undefined ? [] : [`||${escape(unit)}`]),
        ].flatMap((of) => [
          { name, value: `ge${low}${of}` },
          { name, value: `le${high}${of}` },
          { name, value: `${low === high ? low : `ap${low}`}${of}` },
        ]),
      )
      .filter((one) => !one.value.includes('Infinity')),
    ...values.references.flatMap(({ parameter: name, target }) => {
      switch (target.kind) {
        case 'local':
          return [
            { name, value: `${target.type}/${target.id}` },
            { name, value: target.id },
            { name, value: `https://us.example/fhir/${target.type}/${target.id}` },
          ];
        case 'contained':
          return [];
        case 'url':
          // What is neither relative nor absolute leads nowhere, and no request can ask for it.
          return target.url.includes(':') ? [{ name, value: escape(target.url) }] : [];
        case 'identifier':
          return [{ name: `${name}:identifier`, value: `${escape(target.system)}|${escape(target.value)}` }];
      }
    }),
    ...values.uris.map(({ parameter: name, value }) => ({ name, value: escape(value) })),
    ...values.composites.map(({ parameter: name, parts }) => ({ name, value: parts.map(partOf).join('$') })),
  ];
}

function isOfType({ parameter }: { readonly parameter: string }): boolean {
  return parameter.endsWith(':of-type');
}

/** The first request without a modifier for a value of a part. */
function partOf(part: SearchValues): string {
  return requestsFor(part).find((one) => !one.name.includes(':'))?.value ?? '';
}

describe('a resource', () => {
  it('is found by each of its own values, written as a client would', () => {
    const rounds = propertyRuns(5).numRuns;
    const asked = new Map<string, number>();
    let ofType = 0;
    for (const type of RESOURCE_TYPES) {
      for (let round = 0; round < rounds; round += 1) {
        const resource = read(
          JSON.stringify({ ...madeResource(type, randomFrom(round * 7919 + type.length)), id: 'a' }),
        );
        const values = searchValuesOf(resource);
        for (const request of requestsFor(values)) {
          if (request.value === '' || /(^|\$)($|\$)/.test(request.value)) continue;
          const parsed = parseSearch(type, [request], {
            handling: 'strict',
            maxCount: 1,
            defaultCount: 1,
            ownBases: ['https://us.example/fhir'],
          });
          if (parsed.kind !== 'ok') expect({ type, request, parsed }).toBe('parsed');
          else {
            const targets = searchParameters(type).get(request.name)?.targets ?? [];
            // The one type that a parameter refers to need not be that of a made reference.
            if (targets.length === 1 && !request.value.includes('/')) continue;
            const answer = matches(resource, values, parsed.query.conditions);
            expect({ type, request, answer }).toEqual({ type, request, answer: 'yes' });
            const kind = searchParameters(type).get(request.name.split(':')[0] ?? '')?.type ?? '';
            if (isOfType({ parameter: request.name })) ofType++;
            asked.set(kind, (asked.get(kind) ?? 0) + 1);
          }
        }
      }
    }
    const kinds = ['token', 'string', 'date', 'number', 'quantity', 'reference', 'uri', 'composite'];
    expect(ofType).toBeGreaterThan(0);
    expect(kinds.filter((kind) => (asked.get(kind) ?? 0) < 2 * rounds)).toEqual([]);
  });

  it('has its decimals as they are written', () => {
    const resource = read(
      '{"resourceType":"Observation","valueQuantity":{"value":70.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}',
    );
    expect(searchValuesOf(resource).quantities[0]).toMatchObject({
      low: 70.5,
      high: 70.5,
      canonical: { unit: 'g', low: 70500 },
    });
  });

  it('has no value in a range whose low is above its high (rng-2)', () => {
    const range = (low: number, high: number): string => `{"low":{"value":${low}},"high":{"value":${high}}}`;
    const valuesOf = (low: number, high: number): SearchValues =>
      searchValuesOf(read(`{"resourceType":"Condition","onsetRange":${range(low, high)}}`));
    const chance = (low: number, high: number): SearchValues =>
      searchValuesOf(read(`{"resourceType":"RiskAssessment","prediction":[{"probabilityRange":${range(low, high)}}]}`));
    expect([valuesOf(40, 50).quantities.length, chance(40, 50).numbers.length]).toEqual([1, 1]);
    expect([valuesOf(50, 40).quantities, chance(50, 40).numbers]).toEqual([[], []]);
  });
});
