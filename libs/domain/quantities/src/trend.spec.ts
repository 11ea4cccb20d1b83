import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { TREND_RULES, trendOfPoints, type TrendPoint, type TrendRule } from './trend.js';

const MINUTE = 60_000;
const HEART = TREND_RULES['heart-rate']!;
const every5 = (values: readonly number[]): TrendPoint[] => values.map((x, n) => ({ t: n * 5 * MINUTE, x }));

const rules = fc.constantFrom(...Object.values(TREND_RULES));
const point = ({ windowMs }: TrendRule) =>
  fc.record({ t: fc.integer({ min: 0, max: 1.2 * windowMs }), x: fc.double({ min: 0, max: 300, noNaN: true }) });
const cases = rules.chain((rule) => fc.tuple(fc.constant(rule), fc.array(point(rule), { minLength: 0, maxLength: 8 })));

describe('the trend of measured values', () => {
  it.each([
    ['rises as fast as the rule says', [80, 83, 86, 89, 92, 95], 'rising'],
    ['rises slower', [80, 81, 82, 83, 84, 85], 'steady'],
    ['falls', [95, 91, 87, 83, 79, 75], 'falling'],
    ['has one odd value', [80, 80, 80, 80, 80, 160], 'steady'],
    ['has too few values', [80, 120], null],
    ['has no values', [], null],
  ])('%s', (_, values, trend) => {
    expect(trendOfPoints(HEART, every5(values))).toBe(trend);
  });

  it('is not told from values that are close together, or old', () => {
    const close = [80, 90, 100].map((x, n) => ({ t: n * MINUTE, x }));
    expect(trendOfPoints(HEART, close)).toBeNull();
    const old = { t: -60 * MINUTE, x: 20 };
    expect(trendOfPoints(HEART, [old, ...close])).toBeNull();
  });

  it('does not depend on the order of the values, nor on where time begins', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -1e9, max: 1e9 }), ([rule, points], shift) => {
        const moved = points.map(({ t, x }) => ({ t: t + shift, x })).reverse();
        expect(trendOfPoints(rule, moved)).toBe(trendOfPoints(rule, points));
      }),
      propertyRuns(500),
    );
  });

  it('turns with the values', () => {
    const turned = { rising: 'falling', falling: 'rising', steady: 'steady' } as const;
    fc.assert(
      fc.property(cases, ([rule, points]) => {
        const trend = trendOfPoints(rule, points);
        const mirrored = trendOfPoints(
          rule,
          points.map(({ t, x }) => ({ t, x: -x })),
        );
        expect(mirrored).toBe(trend === null ? null : turned[trend]);
      }),
      propertyRuns(500),
    );
  });

  it('is rising where every value is higher than the one before by its share of the change', () => {
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 3, max: 6 }),
        fc.double({ min: 1.01, max: 50, noNaN: true }),
        (rule, n, times) => {
          const share = rule.windowMs / n;
          const points = Array.from({ length: n }, (_, i) => ({
            t: i * share,
            x: (100 + rule.change * times * i) / n,
          }));
          expect(trendOfPoints(rule, points)).toBe('rising');
        },
      ),
      propertyRuns(200),
    );
  });
});
