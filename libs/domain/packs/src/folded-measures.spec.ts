import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WireSample } from '#libs/contracts';
import { catalogueOf, viewOf } from '#libs/domain/twin';
import { propertyRuns } from '#libs/testing/properties';
import { GLUCOSE, HOUR, MINUTE, SECOND, T0, Ward } from '#libs/testing/ward';
import { GLUCOSE_RATE } from './glucose/glucose-rate.js';
import { HEART_RATE_VARIABILITY } from './rhythm/variability.js';

const RR = 2;
const CATALOGUE = catalogueOf([
  {
    id: 'folded',
    title: 'Measures that follow from a course',
    measures: ['glucose', 'rr-interval'],
    rules: [],
    detectors: [],
    derived: [GLUCOSE_RATE, HEART_RATE_VARIABILITY],
  },
]);

/** Values of a sensor, some minutes apart. */
const glucose = fc
  .array(fc.tuple(fc.constantFrom(1, 1, 2, 5, 5, 20), fc.integer({ min: 90, max: 110 })), {
    minLength: 4,
    maxLength: 40,
  })
  .map((steps) => {
    let t = T0;
    return steps.map(([minutes, x], i): WireSample => ({ c: GLUCOSE, t: (t += minutes * MINUTE), x, i: `g${i}` }));
  });

/** Runs of intervals, some of which follow on the one before. */
const intervals = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 0, 0, 0, 0, 0, 30),
      fc.integer({ min: 600, max: 900 }),
      fc.integer({ min: 5, max: 60 }),
    ),
    {
      minLength: 4,
      maxLength: 30,
    },
  )
  .map((runs) => {
    let t = T0;
    return runs.map(([pause, interval, beats], i): WireSample => {
      t += pause * SECOND;
      const s = Array.from({ length: beats }, (_, beat) => interval + ((beat * 37) % 50));
      const run = { c: RR, t, s, i: `r${i}` };
      t += s.reduce((sum, each) => sum + each, 0);
      return run;
    });
  });

function shown(records: readonly (readonly WireSample[])[]) {
  const ward = new Ward('p1', undefined, CATALOGUE);
  records.forEach((samples, i) => ward.send(samples, T0 + 20 * HOUR + i));
  return viewOf(CATALOGUE, ward.state, T0 + 20 * HOUR).derived;
}

describe.each([
  ['glucose', glucose],
  ['intervals', intervals],
])('what follows from a course of %s', (_, course) => {
  const marks = fc.array(fc.constantFrom('in time', 'in time', 'late', 'withdrawn'), { minLength: 3, maxLength: 12 });

  it('is the same when values come late, or are withdrawn', () => {
    fc.assert(
      fc.property(course, marks, (all, given) => {
        // From the newest back, so that the newest are among them.
        const markOf = (i: number) => given[(all.length - 1 - i) % given.length]!;
        const plain = all.filter((__, i) => markOf(i) !== 'withdrawn').map((sample) => [sample]);
        const changed = [
          ...all.filter((__, i) => markOf(i) !== 'late').map((sample) => [sample]),
          ...all.filter((__, i) => markOf(i) === 'late').map((sample) => [sample]),
          ...all.filter((__, i) => markOf(i) === 'withdrawn').map((sample) => [{ ...sample, w: 1 as const }]),
        ];
        expect(shown(changed)).toEqual(shown(plain));
      }),
      propertyRuns(100),
    );
  });
});
