import { describe, expect, it } from '@jest/globals';
import { typeRule, type JsonObject } from '#libs/domain/fhir';
import { randomFrom } from '#libs/testing/properties';
import { madeObject, madeValue } from '../fixtures/made-value.fixture.js';
import { Frame } from '../walk/frame.js';
import { compileTest } from './compile.js';
import { Unsupported } from './compiled.js';
import { Engine, NotEvaluated } from './engine.js';
import type { Constraint, InvariantTable } from './expression.js';
import { INVARIANTS } from './invariants.generated.js';
import { UNDECIDED, type Item } from './values.js';

const table = JSON.parse(INVARIANTS) as InvariantTable;
const RUNS = 4;

interface Case {
  readonly type: string;
  readonly constraint: Constraint;
}

const cases: readonly Case[] = [
  ...Object.entries(table.byType).flatMap(([type, places]) => places.map((place) => caseOf(place, type))),
  ...Object.entries(table.byElement).flatMap(([path, places]) => {
    const at = path.lastIndexOf('.');
    const type = typeRule(path.slice(0, at))?.elements.get(path.slice(at + 1))?.type ?? '';
    return places.map((place) => caseOf(place, type));
  }),
];
const distinct = [
  ...new Map(cases.map((one) => [`${one.constraint.key} ${one.constraint.text} ${one.type}`, one])).values(),
];

function caseOf(place: number, type: string): Case {
  return { type, constraint: table.constraints[place] as Constraint };
}

/** Where a closure says more than the engine: dates of less than full precision are compared as spans. */
const BY_SPANS = /[<>]=/;
/** By key: `%context`, `children()`, `replaceMatches()`, and a name that the type has not. */
const NOT_COMPILED = ['cid-0', 'ig-1', 'ig-2', 'sdf-8a', 'sdf-9'];

describe('compiled invariants', () => {
  it('are all but a few', () => {
    const others = distinct.filter(({ constraint, type }) => compiled(constraint, type) === undefined);
    expect(others.map(({ constraint }) => constraint.key).sort()).toEqual(NOT_COMPILED);
  });

  it('agree with the engine on made values', () => {
    const random = randomFrom(42);
    const differences: string[] = [];
    const verdicts = { true: 0, false: 0, undefined: 0 };
    for (const { constraint, type } of distinct) {
      const test = compiled(constraint, type);
      if (test === undefined) continue;
      for (let run = 0; run < RUNS; run += 1) {
        const resourceType = type.split('.')[0] ?? '';
        const isResource = type === resourceType && typeRule(type)?.elements.has('meta') === true;
        const item = madeValue(type, random) as Item;
        const resource = isResource
          ? (item as JsonObject)
          : madeObject(type.includes('.') ? resourceType : 'Basic', random);
        const frame = new Frame(resource, isResource || type.includes('.') ? resourceType : 'Basic');
        const ours = outcome(() => test(item, frame));
        const theirs = outcome(() => new Engine().test(constraint.text, type, item, resource));
        if (ours === 'undecided' || theirs === 'undecided') continue;
        verdicts[`${ours}`] += 1;
        const bySpans = BY_SPANS.test(constraint.text) && theirs === undefined && ours === true;
        if (ours !== theirs && !bySpans)
          differences.push(
            `${type} ${constraint.key}: ours ${ours}, engine ${theirs}: ${JSON.stringify(item).slice(0, 300)}`,
          );
      }
    }
    expect(differences).toEqual([]);
    // Both verdicts come up, and few cases are left to the engine.
    expect(verdicts.true + verdicts.false + verdicts.undefined).toBeGreaterThan(distinct.length * RUNS * 0.8);
    expect(verdicts.false).toBeGreaterThan(distinct.length * RUNS * 0.1);
  });
});

function compiled(constraint: Constraint, type: string): ReturnType<typeof compileTest> | undefined {
  try {
    return compileTest(constraint.expression, type);
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

function outcome(test: () => boolean | undefined): boolean | undefined | 'undecided' {
  try {
    return test();
  } catch (error) {
    if (error === UNDECIDED || error instanceof NotEvaluated) return 'undecided';
    throw error;
  }
}
