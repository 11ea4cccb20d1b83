import { describe, expect, it } from '@jest/globals';
import { VITALS_PACK } from '#libs/domain/packs';
import { HEART_RATE, MINUTE, OXYGEN, SECOND, T0, Ward } from '#libs/testing/ward';
import type { WireSample } from '#libs/contracts';
import { catalogueOf } from '../rules/catalogue.js';
import type { FoldedMeasure } from '../rules/derived.js';
import type { Sample } from '../rules/judged-sample.js';

type Course = readonly (readonly [t: number, x: number])[];

/** All heart rates that it was given since the last of 60, none of which are remembered. */
const COURSE: FoldedMeasure = {
  kind: 'folded',
  name: 'course',
  title: 'Course',
  unit: '/min',
  of: ['heart-rate'],
  code: HEART_RATE,
  step: (memory, { cited: { t, x } }: Sample) => (x === 60 ? null : [...((memory as Course | null) ?? []), [t, x]]),
  rewind: (memory, t) => {
    const kept = ((memory as Course | null) ?? []).filter(([at]) => at < t - MINUTE);
    return { memory: kept.length === 0 ? null : kept, from: t - MINUTE };
  },
  read: () => ({ value: 0 }),
};
const CATALOGUE = catalogueOf([{ ...VITALS_PACK, derived: [COURSE] }]);

const heartRate = (minute: number, x: number, over: Partial<WireSample> = {}): WireSample => ({
  c: HEART_RATE,
  t: T0 + minute * MINUTE,
  x,
  ...over,
});

function course(ward: Ward): readonly unknown[] | undefined {
  const known = ward.state.derived['course'] as Course | undefined;
  return known?.map(([t, x]) => [(t - T0) / MINUTE, x]);
}

function wardWith(...values: readonly WireSample[]): Ward {
  const ward = new Ward('p1', undefined, CATALOGUE);
  for (const value of values) ward.send([value]);
  return ward;
}

describe('a measure that follows from the course of another', () => {
  it('remembers its values in order, not those of other measures', () => {
    const ward = wardWith(heartRate(0, 70), heartRate(1, 71), { c: OXYGEN, t: T0 + 2 * MINUTE, x: 97 });
    expect(course(ward)).toEqual([
      [0, 70],
      [1, 71],
    ]);
    ward.send([heartRate(4, 74), heartRate(3, 73)]);
    expect(course(ward)).toEqual([
      [0, 70],
      [1, 71],
      [3, 73],
      [4, 74],
    ]);
  });

  it('leaves nothing in the twin when there is nothing to remember', () => {
    const ward = wardWith(heartRate(0, 70), heartRate(1, 60));
    expect(ward.state.derived).not.toHaveProperty('course');
    ward.send([heartRate(2, 72)]);
    expect(course(ward)).toEqual([[2, 72]]);
    expect(wardWith(heartRate(0, 60)).state.derived).not.toHaveProperty('course');
  });

  it('takes no value that is only a bound', () => {
    const ward = wardWith(heartRate(0, 70), heartRate(1, 71, { b: '<' }), heartRate(2, 72));
    expect(course(ward)).toEqual([
      [0, 70],
      [2, 72],
    ]);
    ward.send([heartRate(1.5, 71.5)], T0 + 3 * MINUTE);
    expect(course(ward)).toEqual([
      [0, 70],
      [1.5, 71.5],
      [2, 72],
    ]);
  });

  it('is folded again from before a late value, and from before a withdrawn one', () => {
    const ward = wardWith(heartRate(0, 70), heartRate(2, 72, { i: 'a' }), heartRate(4, 74));
    ward.send([heartRate(3, 73)], T0 + 4 * MINUTE + SECOND);
    expect(course(ward)).toEqual([
      [0, 70],
      [2, 72],
      [3, 73],
      [4, 74],
    ]);
    ward.send([{ c: HEART_RATE, t: T0 + 2 * MINUTE, i: 'a', w: 1 }], T0 + 5 * MINUTE);
    expect(course(ward)).toEqual([
      [0, 70],
      [3, 73],
      [4, 74],
    ]);
  });
});
