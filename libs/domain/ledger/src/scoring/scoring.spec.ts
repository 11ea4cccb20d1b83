import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quantilesOf, type ForecastPoint } from '#libs/domain/forecasting';
import { propertyRuns } from '#libs/testing/properties';
import {
  blockOf,
  isDue,
  judgeSkill,
  mergedTallies,
  nearest,
  packTally,
  shownPoints,
  tallyOf,
  truthOf,
  unpackTally,
  type ScoredForecast,
  type Truth,
} from '../index.js';

const MINUTE = 60_000;
const T = Date.UTC(2026, 2, 1, 8);

function point(minutes: number, mean: number, persistence = mean): ForecastPoint {
  const quantiles = quantilesOf((level) => mean + 40 * (level - 0.5));
  return { minutes, mean, quantiles, baselines: { persistence, 'population-mean': 150 } };
}

function stored(points: readonly ForecastPoint[], truths: readonly Truth[] = []): ScoredForecast {
  const head = { issuedAt: T, dataUntil: T, inputs: [], parameters: 'population', modelVersion: '1.0.0' } as const;
  return { version: 1, recordedAt: T + 1000, forecast: { ...head, points, status: 'active', decimals: 1 }, truths };
}

describe('a point of a forecast', () => {
  it('is due when newer data than its time and the tolerance are there, or an hour after they should have come', () => {
    const one = stored([point(30, 100)]);
    const due = (newest: number, now: number): boolean =>
      isDue(one, 30, { newest: T + newest * MINUTE, now: T + now * MINUTE, toleranceMs: 2.5 * MINUTE });
    expect(due(32.5, 33)).toBe(false);
    expect(due(32.6, 33)).toBe(true);
    expect(due(0, 92)).toBe(false);
    expect(due(0, 94)).toBe(true);
    const by = { newest: T, now: T, toleranceMs: 0 };
    expect(truthOf(one, 30, by, { t: T, x: 1, version: 1 })).toEqual({ unscored: 'pending' });
    expect(truthOf(one, 30, { ...by, newest: T + 31 * MINUTE }, undefined)).toEqual({ unscored: 'no-measurement' });
  });

  it('is scored with the nearest measurement, whatever the order they are given in', () => {
    const candidate = fc.record({
      t: fc.integer({ min: -6, max: 6 }).map((s) => T + s * 30_000),
      identity: fc.string({ minLength: 1, maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = all
          .map((one) => [keys.next().value as number, one] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, one]) => one);
        const found = nearest(all, T, 2 * MINUTE);
        expect(nearest(shuffled, T, 2 * MINUTE)).toEqual(found);
        const within = all.filter(({ t }) => Math.abs(t - T) <= 2 * MINUTE);
        expect(found === undefined).toBe(within.length === 0);
        for (const { t } of within) expect(Math.abs(found!.t - T)).toBeLessThanOrEqual(Math.abs(t - T));
      }),
      propertyRuns(200),
    );
  });
});

describe('a tally', () => {
  const truth = fc.constantFrom<Truth>(
    { t: T, x: 110, version: 1 },
    { t: T, x: 87, version: 2 },
    { unscored: 'pending' },
    { unscored: 'no-measurement' },
  );
  const forecasts = fc.array(
    fc
      .tuple(fc.integer({ min: 60, max: 200 }), truth, truth)
      .map(([mean, a, b]) => stored([point(15, mean), point(30, mean + 9, 95)], [a, b])),
    { maxLength: 30 },
  );

  it('of the whole is that of its parts together, however they are cut, also after it was stored', () => {
    fc.assert(
      fc.property(forecasts, fc.nat(30), (all, cut) => {
        const whole = tallyOf(all);
        const parts = [all.slice(0, cut), all.slice(cut)].map((part) => unpackTally(packTally(tallyOf(part))));
        const merged = mergedTallies(parts);
        expect(merged.map(({ minutes, unscored, sums }) => [minutes, unscored, sums.n])).toEqual(
          whole.map(({ minutes, unscored, sums }) => [minutes, unscored, sums.n]),
        );
        merged.forEach(({ sums }, i) => {
          const { squared, crps } = whole[i]!.sums;
          expect(Math.abs(sums.squared - squared)).toBeLessThanOrEqual(1e-5 * squared);
          expect(Math.abs(sums.crps - crps)).toBeLessThanOrEqual(1e-5 * crps);
          expect(sums.clarke).toEqual(whole[i]!.sums.clarke);
        });
      }),
      propertyRuns(100),
    );
  });

  it('counts what found no measurement, and not what is not due', () => {
    const all = [
      stored([point(15, 100)], [{ unscored: 'pending' }]),
      stored([point(15, 100)], [{ unscored: 'no-measurement' }]),
    ];
    expect(tallyOf(all)).toMatchObject([{ minutes: 15, unscored: 1, sums: { n: 0 } }]);
  });
});

describe('a model', () => {
  const pairs = (n: number, error: number, ofPersistence: number) =>
    tallyOf(
      Array.from({ length: n }, () =>
        stored([point(30, 100 + error, 100 + ofPersistence)], [{ t: T, x: 100, version: 1 }]),
      ),
    );

  it.each([
    ['active', 200, 11, 10, 'demoted'],
    ['active', 199, 11, 10, undefined],
    ['active', 200, 9, 10, undefined],
    ['active', 200, 0.1, 0, 'demoted'],
    ['active', 199, 10, 0, undefined],
    ['active', 200, 0, 0, undefined],
    ['demoted', 200, 10, 0, undefined],
    ['demoted', 200, 0, 0, undefined],
    ['demoted', 200, 0, 10, 'active'],
    ['demoted', 200, 9.9, 10, undefined],
    ['demoted', 200, 9.7, 10, 'active'],
    ['demoted', 200, 11, 10, undefined],
  ] as const)(
    'that is %s with %d pairs, error %d against %d of persistence, becomes %s',
    (now, n, error, other, then) => {
      expect(judgeSkill(pairs(n, error, other), now)?.status).toBe(then);
    },
  );

  it('says a finite skill where persistence has no error, and why', () => {
    expect(judgeSkill(pairs(200, 3, 0), 'active')).toEqual({
      status: 'demoted',
      skill: -1,
      n: 200,
      reason: 'Persistence had no error over 7 days, and it had one (n = 200).',
    });
  });

  it('that is demoted is shown as persistence with its own spread', () => {
    const [shown] = shownPoints({ points: [point(30, 100, 90)], status: 'demoted' });
    expect(shown).toMatchObject({ mean: 90, quantiles: { '0.5': 90, '0.9': 106 } });
    expect(shownPoints({ points: [point(30, 100, 90)], status: 'active' })).toEqual([point(30, 100, 90)]);
  });
});

describe('a block', () => {
  it('is as long as the longest horizon and begins at a whole multiple of it', () => {
    expect(blockOf(T + 119 * MINUTE, { minutes: [15, 120] })).toBe(T);
    expect(blockOf(T + 121 * MINUTE, { minutes: [15, 120] })).toBe(T + 120 * MINUTE);
    expect(blockOf(-1, { minutes: [720] })).toBe(-720 * MINUTE);
  });
});
