import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import type { WireSample } from '#libs/contracts';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, SECOND, series, T0, Ward } from '#libs/testing/ward';

/** What is stored of each value, as answers show it. */
function stored(ward: Ward): unknown[] {
  return [...ward.stored.values()]
    .map(({ t, code, source, quality, reasons, judged }) => ({
      at: `${code} ${t} ${source}`,
      quality: judged?.quality ?? quality,
      reasons: judged?.reasons ?? reasons ?? [],
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

describe('what is stored of a value', () => {
  it('is what the signal checks judged, and the same as the twin says', () => {
    const ward = new Ward();
    ward.send(series(GLUCOSE, T0, 5 * MINUTE, [120, 121, 122]));
    ward.send([{ c: GLUCOSE, t: T0 + 15 * MINUTE, x: 390 }]);
    const { quality, reasons } = ward.state.measures[GLUCOSE]!.latest!;
    expect({ quality, reasons }).toEqual({ quality: 2, reasons: ['rate-impossible'] });
    expect(ward.outcomes.at(-1)!.measurements[0]!.judged).toEqual({ quality, reasons });
  });

  it('changes with a late value that shows what came before', () => {
    const ward = new Ward();
    ward.send(series(OXYGEN, T0, SECOND, [97, 97, 97]));
    ward.send([{ c: OXYGEN, t: T0 + 4 * SECOND, x: 85 }]);
    expect(stored(ward).at(-1)).toMatchObject({ quality: 1, reasons: ['rate-doubtful'] });
    // The step before was there, only late.
    const late = ward.send([{ c: OXYGEN, t: T0 + 3 * SECOND, x: 85.5 }], T0 + 10 * SECOND);
    expect(late.judgements).toMatchObject([{ t: T0 + 4 * SECOND, version: 1, quality: 0, reasons: [] }]);
    expect(stored(ward).map((one) => (one as { quality: number }).quality)).toEqual([0, 0, 0, 1, 0]);
  });

  it('says so where no rule saw it', () => {
    const ward = new Ward();
    ward.send(series(HEART_RATE, T0 + 48 * HOUR, MINUTE, [70]));
    const [late] = ward.send(series(HEART_RATE, T0, MINUTE, [71]), T0 + 49 * HOUR).measurements;
    expect(late!.judged).toEqual({ quality: 0, reasons: ['too-late-for-rules'] });
    const [ahead] = ward.send(series(HEART_RATE, T0 + 90 * HOUR, MINUTE, [71]), T0 + 49 * HOUR).measurements;
    expect(ahead!.judged).toEqual({ quality: 0, reasons: ['ahead-of-receipt'] });
  });

  it('does not depend on the order in which values came, nor on restarts', () => {
    const sample = fc.record({
      c: fc.constantFrom(HEART_RATE, OXYGEN, GLUCOSE),
      second: fc.integer({ min: 0, max: 60 }),
      x: fc.constantFrom(41, 85, 88, 97, 99, 100, 120),
    });
    let changes = 0;
    fc.assert(
      fc.property(fc.array(sample, { minLength: 2, maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (given, size) => {
        const keyed = new Map(given.map((one) => [`${one.c} ${one.second}`, one]));
        const all = [...keyed.values()].map(({ c, second, x }): WireSample => ({ c, t: T0 + second * SECOND, x }));
        const after = (samples: readonly WireSample[], step: number): Ward => {
          const ward = new Ward('p1', (state) => JSON.parse(JSON.stringify(state)) as typeof state);
          for (let i = 0; i < samples.length; i += step) ward.send(samples.slice(i, i + step), T0 + HOUR + i);
          changes += ward.outcomes.reduce((sum, { judgements }) => sum + judgements.length, 0);
          return ward;
        };
        const inOrder = [...all].sort((a, b) => a.t - b.t);
        expect(stored(after(all, size))).toEqual(stored(after(inOrder, 1)));
      }),
      propertyRuns(150),
    );
    expect(changes).toBeGreaterThan(metInRuns(5));
  });
});
