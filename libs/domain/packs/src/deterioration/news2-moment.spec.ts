import { describe, expect, it } from '@jest/globals';
import { measureByName, type MeasureName } from '#libs/domain/quantities';
import { MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';

const USUAL = {
  'respiratory-rate': 16,
  'oxygen-saturation': 97,
  'systolic-pressure': 120,
  'heart-rate': 75,
  'body-temperature': 37,
} as const satisfies Partial<Record<MeasureName, number>>;
type Vitals = Partial<Record<keyof typeof USUAL, number>>;

const FAST: Vitals = { 'respiratory-rate': 25 };
const ILL: Vitals = { ...FAST, 'oxygen-saturation': 91, 'heart-rate': 132 };

/** Sets of all vital signs `every` minutes, those that are not named as usual; one record each. */
function charted(sets: readonly Vitals[], every: number): Ward {
  const ward = new Ward();
  sets.forEach((vitals, i) => {
    const t = T0 + i * every * MINUTE;
    // Systolic pressure changes a little, so that it is no flat line.
    const all = Object.entries({ ...USUAL, 'systolic-pressure': 120 + (i % 3), ...vitals });
    const samples = all.map(([name, x]) => ({ c: measureByName(name as MeasureName).number, t, x }));
    ward.send(samples, t + SECOND);
  });
  return ward;
}

function scores(ward: Ward): string[] {
  return ward
    .alerts()
    .filter(({ rule, transition }) => rule.id === 'news2' && transition !== 'resolved')
    .map(({ transition, severity, summary }) => `${transition} ${severity} ${/at least (\d+)/u.exec(summary)?.[1]}`);
}

describe('NEWS2 of values of one moment', () => {
  it.each([
    ['a set that is better in all by the next', [{}, {}, FAST, {}, {}], 5, []],
    ['a set that is better by the next, charted', [{}, FAST, {}, {}, {}], 60, ['raised medium 3']],
    ['one that is worse, and better by the next', [{}, {}, ILL, {}, {}], 5, []],
    [
      'one that moves from one vital sign to another',
      [{}, FAST, { 'heart-rate': 132 }, {}, {}],
      5,
      ['raised medium 3'],
    ],
    ['a score that lasts', [{}, ILL, ILL, {}, {}], 5, ['raised high 9']],
  ] as const)('is told by the last of them: %s', (_, sets, every, expected) => {
    expect(scores(charted(sets, every))).toEqual(expected);
  });
});
