import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { COMPARATORS, type Comparator, type WireSample } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import { GLUCOSE, MINUTE, T0, emittedBy, Ward } from '#libs/testing/ward';
import { viewOf } from './index.js';

const glucose = (minute: number, x: number, b?: Comparator): WireSample => ({
  c: GLUCOSE,
  t: T0 + minute * MINUTE,
  x,
  ...(b === undefined ? {} : { b }),
});

const RULES = ['glucose-high', 'glucose-low', 'glucose-very-high', 'glucose-very-low'];

/** Rules that find their condition in an hour of the same value. */
function rulesRaisedBy(x: number, b?: Comparator): string[] {
  const ward = new Ward();
  for (let minute = 0; minute <= 60; minute += 5) ward.send([glucose(minute, x, b)]);
  return RULES.filter((rule) => (ward.state.rules[rule]?.count ?? 0) > 0);
}

describe('a bound', () => {
  it.each([
    ['<', 40, ['glucose-low', 'glucose-very-low']],
    ['<', 54, ['glucose-low', 'glucose-very-low']],
    ['<=', 54, ['glucose-low']],
    ['<', 70, ['glucose-low']],
    ['<=', 70, []],
    ['<', 400, []],
    ['>', 40, []],
    ['>=', 20, []],
    ['>', 250, ['glucose-high']],
    ['>=', 250, []],
    ['>', 500, ['glucose-high', 'glucose-very-high']],
    ['>', 20, []],
    ['<', 1000, []],
  ] as const)('%s %d raises %j', (comparator, x, rules) => {
    expect(rulesRaisedBy(x, comparator)).toEqual(rules);
  });

  it('raises whatever every value it allows raises, and nothing that one of them does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 35, max: 500 }), fc.constantFrom(...COMPARATORS), (x, comparator) => {
        const low = comparator === '<' || comparator === '<=';
        const nearest = comparator.length === 2 ? x : low ? x - 0.5 : x + 0.5;
        const ofNearest = rulesRaisedBy(nearest).filter((rule) => rule.endsWith('low') === low);
        expect(rulesRaisedBy(x, comparator)).toEqual(ofNearest);
      }),
      propertyRuns(60),
    );
  });

  it('neither clears nor retracts an alert when it does not decide, and clears it when it does', () => {
    const ward = new Ward();
    for (let minute = 0; minute <= 30; minute += 5) ward.send([glucose(minute, 50)]);
    expect(ward.state.rules['glucose-low']?.episodes.at(-1)?.end).toBeNull();
    for (let minute = 35; minute <= 120; minute += 5)
      expect(emittedBy(ward.send([glucose(minute, 400, '<')]))).toEqual([]);
    expect(ward.state.rules['glucose-low']?.episodes.at(-1)?.end).toBeNull();
    for (let minute = 125; minute <= 200; minute += 5) ward.send([glucose(minute, 90, '>')]);
    expect(ward.state.rules['glucose-low']?.episodes.at(-1)?.end).not.toBeNull();
  });

  it('keeps the alert of a value that is corrected to a bound that shows the same', () => {
    const ward = new Ward();
    ward.send([{ ...glucose(0, 38), i: 'lab-1' }]);
    const before = ward.alerts().filter(({ rule }) => rule.id === 'glucose-very-low');
    expect(before.map(({ transition }) => transition)).toEqual(['raised']);
    const after = ward.send([{ ...glucose(0, 40, '<'), i: 'lab-1' }], T0 + 5 * MINUTE);
    expect(after.transitions.map(({ alert }) => alert.transition)).not.toContain('retracted');
    const measure = viewOf(DEFAULT_CATALOGUE, ward.state, T0).measures.glucose;
    expect(measure).toMatchObject({ value: 40, comparator: '<' });
    expect(ward.alerts().at(-1)?.evidence[0]).toMatchObject({ value: 40, comparator: '<' });
    expect(ward.alerts().at(-1)?.summary).toContain('less than 40 mg/dL');
  });

  it('is another version than the value itself', () => {
    const ward = new Ward();
    ward.send([{ ...glucose(0, 40), i: 'lab-1' }]);
    expect(ward.send([{ ...glucose(0, 40, '<'), i: 'lab-1' }], T0 + MINUTE).counts).toMatchObject({ corrections: 1 });
    expect(ward.send([{ ...glucose(0, 40, '<'), i: 'lab-1' }], T0 + 2 * MINUTE).counts.duplicates).toBe(1);
  });

  it('is no value for what reckons with values: no forecast, no derived measure, no spike', () => {
    const plain = new Ward();
    const mixed = new Ward();
    for (let minute = 0; minute <= 120; minute += 5) {
      plain.send([glucose(minute, 120)]);
      mixed.send([glucose(minute, 120)]);
      mixed.send([glucose(minute + 1, 500, '<')]);
    }
    expect(mixed.state.checks).toEqual(plain.state.checks);
    expect(mixed.state.derived).toEqual(plain.state.derived);
    const follow = Object.values(viewOf(DEFAULT_CATALOGUE, mixed.state, T0).derived).filter(({ of }) =>
      of.includes('glucose'),
    );
    expect(follow.length).toBeGreaterThan(0);
    for (const derived of follow) expect(derived).toMatchObject({ refused: 'only-a-bound' });
  });
});
