import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QUANTILE_LEVELS, quantilesOf, type ForecastPoint, type ModelForecast } from '#libs/domain/forecasting';
import { propertyRuns } from '#libs/testing/properties';
import {
  isScored,
  joinedBlocks,
  ledgerForecastOf,
  packBlock,
  packForecast,
  tallyOf,
  unpackBlock,
  unpackForecast,
  unscored,
  type ScoredForecast,
} from '../index.js';

const T = Date.UTC(2026, 2, 1, 8);

const point = fc
  .record({
    minutes: fc.integer({ min: 1, max: 720 }),
    mean: fc.double({ min: -10, max: 1100, noNaN: true }),
    spread: fc.double({ min: 0, max: 300, noNaN: true }),
    value: fc.double({ min: 0, max: 1000, noNaN: true }),
  })
  .map(({ minutes, mean, spread, value }): ForecastPoint => ({
    minutes,
    mean,
    quantiles: quantilesOf((level) => mean + spread * (level - 0.4)),
    baselines: { persistence: value, 'population-mean': 150 },
  }));

const said: fc.Arbitrary<ModelForecast> = fc
  .record({
    points: fc.uniqueArray(point, { selector: ({ minutes }) => minutes, minLength: 1, maxLength: 6 }),
    scale: fc.constantFrom(1, 0.01, 0.0001),
    old: fc.nat(3e9),
    count: fc.nat(500),
  })
  .map(({ points, scale, old, count }): ModelForecast => ({
    kind: 'forecast',
    issuedAt: T,
    dataUntil: T - (old % 1000),
    points: points.toSorted((a, b) => a.minutes - b.minutes).map((one) => scaled(one, scale)),
    inputs: [{ code: 9, count, newest: T - old }],
    parameters: count % 2 === 0 ? 'personal' : 'population',
    explanation: 'words',
  }));

function scaled({ minutes, mean, quantiles, baselines }: ForecastPoint, by: number): ForecastPoint {
  return {
    minutes,
    mean: mean * by,
    quantiles: Object.fromEntries(QUANTILE_LEVELS.map((level) => [level, quantiles[level] * by])) as never,
    baselines: { persistence: baselines.persistence * by, 'population-mean': baselines['population-mean'] * by },
  };
}

function baselinesOf(persistence: number) {
  return { persistence, 'population-mean': 85 };
}

function largest(points: readonly ForecastPoint[]): number {
  return Math.max(
    ...points.flatMap(({ quantiles, baselines }) => [...Object.values(quantiles).map(Math.abs), baselines.persistence]),
  );
}

describe('a packed forecast', () => {
  it('keeps what was said to a thousandth of its largest value, and packs to the same bytes again', () => {
    fc.assert(
      fc.property(said, fc.constantFrom('active', 'demoted'), (forecast, status) => {
        const stored = ledgerForecastOf(forecast, '1.2.3', status);
        const bytes = packForecast(stored);
        const read = unpackForecast(bytes, T);
        const { points, ...head } = read;
        const { points: sent, ...sentHead } = stored;
        expect(head).toEqual(sentHead);
        const within = Math.max(1, largest(sent)) / 1000;
        points.forEach(({ minutes, mean, quantiles, baselines }, i) => {
          const one = sent[i]!;
          expect(minutes).toBe(one.minutes);
          expect(Math.abs(mean - one.mean)).toBeLessThanOrEqual(within);
          expect(Math.abs(baselines.persistence - one.baselines.persistence)).toBeLessThanOrEqual(within);
          for (const level of QUANTILE_LEVELS)
            expect(Math.abs(quantiles[level] - one.quantiles[level])).toBeLessThanOrEqual(within);
        });
        expect(packForecast(read)).toEqual(bytes);
      }),
      propertyRuns(200),
    );
  });

  it('of glucose at six horizons takes less than 120 bytes', () => {
    const points = [15, 30, 45, 60, 90, 120].map((minutes): ForecastPoint => {
      const mean = 180 - minutes / 2;
      const quantiles = quantilesOf((level) => mean + minutes * 1.5 * (level - 0.5));
      return { minutes, mean: mean + 0.3, quantiles, baselines: { persistence: 181, 'population-mean': 151.2 } };
    });
    const inputs = [9, 18, 19, 20].map((code) => ({ code, count: 30, newest: T - 1_234_000 }));
    const forecast: ModelForecast = {
      kind: 'forecast',
      issuedAt: T,
      dataUntil: T,
      points,
      inputs,
      parameters: 'personal',
      explanation: '',
    };
    expect(packForecast(ledgerForecastOf(forecast, '1.0.0', 'active')).length).toBeLessThan(120);
  });
});

describe('a packed block', () => {
  it('gives back its forecasts with what they were scored with, the values unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(said, fc.nat(7_000_000), fc.constantFrom('pending', 'no-measurement', 'scored')), {
          maxLength: 20,
        }),
        (all) => {
          const scored = all.map(([forecast, later, kind], i): ScoredForecast => {
            const moved = { ...forecast, issuedAt: T + later };
            const stored = unpackForecast(packForecast(ledgerForecastOf(moved, '1.0.0', 'active')), T + later);
            const truths = stored.points.map(({ minutes, mean }) =>
              kind === 'scored'
                ? {
                    t: T + later + minutes * 60_000 - 1500,
                    x: roundedTo(mean + 2 * 10 ** -stored.decimals, stored.decimals),
                    version: 1 + i,
                  }
                : { unscored: kind as 'pending' },
            );
            return { version: i, recordedAt: T + later + 90_000, forecast: stored, truths };
          });
          expect(unpackBlock(T, packBlock(T, scored))).toEqual(scored);
        },
      ),
      propertyRuns(100),
    );
  });

  it('whose bytes end too early is damage, not a shorter block', () => {
    const forecast = ledgerForecastOf(fc.sample(said, { seed: 1, numRuns: 1 })[0]!, '1.0.0', 'active');
    const bytes = packBlock(T, [
      { version: 1, recordedAt: T, forecast, truths: forecast.points.map(() => ({ unscored: 'pending' })) },
    ]);
    expect(() => unpackBlock(T, bytes.slice(0, -1))).toThrow('end too early');
  });

  it('takes over forecasts that are not scored, and says which they are', () => {
    const points = [{ minutes: 60, mean: 80, quantiles: quantilesOf(() => 80), baselines: baselinesOf(79) }];
    const head = { kind: 'forecast', dataUntil: T, points, inputs: [], parameters: 'population' } as const;
    const one = (i: number) => {
      const forecast = ledgerForecastOf({ ...head, issuedAt: T + i, explanation: '' }, '1.0.0', 'active');
      return { version: i, recordedAt: T + i, forecast };
    };
    const scored = [1, 2].map((i) => ({ ...one(i), truths: [{ unscored: 'no-measurement' as const }] }));
    const others = [3, 4].map((i) => unscored(one(i)));
    const block = unpackBlock(T, joinedBlocks(packBlock(T, scored), packBlock(T, others)));
    expect(block).toEqual([...scored, ...others]);
    expect(block.map(isScored)).toEqual([true, true, false, false]);
    expect(tallyOf(block)).toMatchObject([{ unscored: 2, sums: { n: 0 } }]);
  });
});

function roundedTo(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
