import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { allows, narrow } from './scopes.js';
import { formatSystemScope, parseSystemScope } from './system-scope.js';

/** A resource as far as these scopes see it: its type and, for each parameter, its values. */
interface Thing {
  readonly type: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const TYPES = ['Observation', 'Patient', 'Condition'];
const NAMES = ['category', 'code', '_tag', 'category:not'];
const VALUES = ['a', 'b', 'http://x/y|c', 'd\\,e', 'ä', 'f g'];

const verbs = fc.constantFrom('c', 'r', 'u', 'd', 's');
const parameter = fc.record({
  name: fc.constantFrom(...NAMES),
  values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }),
});
const scope = fc
  .record({
    type: fc.constantFrom('*', ...TYPES),
    verbs: fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }).map((some) => some.join('')),
    restriction: fc.array(parameter, { maxLength: 3 }),
  })
  .map((parts) => formatSystemScope(parts));
const scopes = fc.array(scope, { minLength: 1, maxLength: 4 });
const thing: fc.Arbitrary<Thing> = fc.record({
  type: fc.constantFrom(...TYPES),
  values: fc.record(
    Object.fromEntries(['category', 'code', '_tag'].map((name) => [name, fc.subarray([...VALUES])])) as Record<
      string,
      fc.Arbitrary<string[]>
    >,
  ),
});

/** What a scope means, said without the code under test. */
function gives(held: readonly string[], verb: string, { type, values }: Thing): boolean {
  return held.some((one) => {
    const parsed = parseSystemScope(one);
    if (parsed === undefined || !parsed.verbs.includes(verb) || !['*', type].includes(parsed.type)) return false;
    return parsed.restriction.every((wanted) => {
      const not = wanted.name.endsWith(':not');
      const has = values[wanted.name.replace(':not', '')] ?? [];
      return not !== wanted.values.some((value) => has.includes(value));
    });
  });
}

describe('the algebra of scopes', () => {
  it('narrows to no more than is held, and to no more than was asked for', () => {
    fc.assert(
      fc.property(scopes, scopes, verbs, thing, (held, asked, verb, one) => {
        const granted = narrow(held, asked.join(' ')) ?? [];
        if (!gives(granted, verb, one)) return;
        expect([gives(held, verb, one), gives(asked, verb, one)]).toEqual([true, true]);
      }),
      propertyRuns(500),
    );
  });

  it('loses nothing that is both held and asked for', () => {
    fc.assert(
      fc.property(scopes, scopes, verbs, thing, (held, asked, verb, one) => {
        if (!gives(held, verb, one) || !gives(asked, verb, one)) return;
        expect(gives(narrow(held, asked.join(' ')) ?? [], verb, one)).toBe(true);
      }),
      propertyRuns(500),
    );
  });

  it('allows a scope only where everything within it is held', () => {
    fc.assert(
      fc.property(scopes, scope, verbs, thing, (held, needed, verb, one) => {
        if (allows(held, needed) && gives([needed], verb, one)) expect(gives(held, verb, one)).toBe(true);
      }),
      propertyRuns(500),
    );
  });

  it('writes a scope so that it is read as the same one', () => {
    fc.assert(
      fc.property(scope, (text) => {
        const parsed = parseSystemScope(text);
        expect(parsed).toBeDefined();
        expect(/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)).toBe(true);
        if (parsed !== undefined) expect(parseSystemScope(formatSystemScope(parsed))).toEqual(parsed);
      }),
      propertyRuns(500),
    );
  });
});
