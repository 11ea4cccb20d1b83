import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QUANTILE_LEVELS, type InputChange, type ModelForecast, type Subject } from '#libs/domain/forecasting';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import { VITAL_SIGNS } from './features/vital-signs.js';
import { VITAL_FORECAST } from './forecaster.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const T0 = 1_700_000_000_000;
const [HEART, OXYGEN, BREATHS] = [1, 3, 4] as const;
const ADULT: Subject = { ageYears: 60, isPregnant: false, weightKg: null, parameters: null };

function value(code: number, minute: number, x: number, over: Partial<InputChange> = {}): InputChange {
  const t = T0 + minute * MINUTE;
  return { identity: `${code} ${minute}`, code, t, x, quality: 0, source: 'ward', isWithdrawn: false, ...over };
}

function hourly(code: number, xs: readonly number[]): InputChange[] {
  return xs.map((x, hour) => value(code, hour * 60, x));
}

function forecast(changes: readonly InputChange[], code: number = HEART, about: Subject = ADULT) {
  return VITAL_FORECAST.forecast(changes.reduce<unknown>(VITAL_FORECAST.take, null), code, about);
}

function forecastOr(changes: readonly InputChange[], code: number = HEART): ModelForecast {
  const answer = forecast(changes, code);
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer;
}

function width({ points }: ModelForecast, horizon = 1): number {
  const { quantiles } = points[horizon]!;
  return quantiles['0.9'] - quantiles['0.1'];
}

describe('the forecast of a vital sign', () => {
  it('is issued at the newest value, for 1, 3, 6 and 12 h, beside its baselines', () => {
    const { issuedAt, dataUntil, points, inputs, explanation } = forecastOr([
      ...hourly(HEART, [80, 82, 81, 83]),
      ...hourly(BREATHS, [16, 17]),
    ]);
    expect(issuedAt).toBe(T0 + 3 * HOUR);
    expect(dataUntil).toBe(issuedAt);
    expect(points.map(({ minutes }) => minutes)).toEqual([60, 180, 360, 720]);
    expect(points[0]!.baselines).toEqual({ persistence: 83, 'population-mean': 85 });
    expect(inputs).toEqual([
      { code: HEART, count: 4, newest: T0 + 3 * HOUR },
      { code: BREATHS, count: 2, newest: T0 + HOUR },
    ]);
    expect(explanation).toMatch(/^Heart rate is 83 \/min, the mean of the 4 hours with a value is 82\. Of the other/);
    expect(explanation).toContain('Not known: oxygen saturation');
  });

  it('goes back towards what is usual for the person, more so further ahead', () => {
    const { points } = forecastOr(hourly(HEART, [80, 81, 79, 80, 82, 80, 81, 79, 80, 81, 110]));
    const means = points.map(({ mean }) => mean);
    expect(means[0]).toBeLessThan(107);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
    expect(means.at(-1)).toBeGreaterThan(81);
  });

  it('is wider for an unrestful person, and wider further ahead', () => {
    const calm = forecastOr(hourly(HEART, [80, 80, 81, 80, 80, 81, 80, 80]));
    const unrestful = forecastOr(hourly(HEART, [80, 100, 75, 105, 70, 95, 110, 80]));
    expect(width(unrestful)).toBeGreaterThan(1.5 * width(calm));
    expect(width(calm, 3)).toBeGreaterThan(width(calm, 0));
  });

  it('never says more than 100 % saturation', () => {
    const { points } = forecastOr(hourly(OXYGEN, Array<number>(12).fill(100)), OXYGEN);
    for (const { mean, quantiles } of points) {
      expect(quantiles['0.975']).toBe(100);
      expect(mean).toBeLessThan(100);
    }
  });

  it('reads nothing later than the newest value of the vital sign: other later values change nothing', () => {
    const later = fc.array(
      fc.record({ minute: fc.integer({ min: 181, max: 400 }), x: fc.integer({ min: 8, max: 40 }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(later, fc.integer({ min: 1, max: 20 }), (values, shift) => {
        const known = [...hourly(HEART, [80, 84, 90, 95]), ...hourly(BREATHS, [16, 18, 22, 24])];
        const one = values.map(({ minute, x }, i) => value(BREATHS, minute, x, { identity: `later ${i}` }));
        const other = one.map((change) => ({ ...change, x: change.x + shift }));
        expect(forecast([...known, ...one])).toEqual(forecast([...known, ...other]));
      }),
      propertyRuns(100),
    );
  });
});

describe('the forecaster', () => {
  it('refuses with the reason', () => {
    const some = hourly(HEART, [80, 81, 82]);
    expect(forecast([])).toMatchObject({ reason: 'no-data' });
    expect(forecast(some, OXYGEN)).toMatchObject({ reason: 'no-data' });
    expect(forecast(some.map((one) => ({ ...one, quality: 2 as const })))).toMatchObject({ reason: 'no-data' });
    expect(forecast(some.slice(0, 1))).toMatchObject({ reason: 'too-little-data' });
    expect(forecast([...some, value(BREATHS, 6 * 60 + 1, 16)])).toMatchObject({ reason: 'stale-data' });
    expect(forecast(some, HEART, { ...ADULT, ageYears: 17 })).toMatchObject({ reason: 'outside-population' });
    expect(forecast(some, HEART, { ...ADULT, isPregnant: true })).toMatchObject({ reason: 'outside-population' });
    expect(forecast(some, HEART, { ...ADULT, ageYears: Number.NaN })).toMatchObject({ reason: 'outside-population' });
    expect(forecast(some, 9)).toMatchObject({ reason: 'outside-domain' });
  });

  it('takes an unknown age for an adult and says so', () => {
    const answer = forecast(hourly(HEART, [80, 81]), HEART, { ...ADULT, ageYears: null });
    expect(answer).toMatchObject({ kind: 'forecast', explanation: expect.stringContaining('Age is not known') });
  });

  const change: fc.Arbitrary<InputChange> = fc.record({
    identity: fc.string({ maxLength: 2 }),
    code: fc.constantFrom(...VITAL_SIGNS.map(({ code }) => code), 9, 0),
    t: fc.oneof(
      { weight: 200, arbitrary: fc.integer({ min: T0, max: T0 + 5 * HOUR }) },
      { weight: 20, arbitrary: fc.integer({ min: T0 - 40 * HOUR, max: T0 }) },
      { weight: 20, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0) },
      { weight: 1, arbitrary: fc.double() },
    ),
    x: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 10, max: 120 }) },
      { weight: 4, arbitrary: fc.double({ min: 25, max: 45, noNaN: true }) },
      { weight: 1, arbitrary: fc.double() },
    ),
    quality: fc.constantFrom(0, 0, 0, 1, 2),
    source: fc.constant(''),
    isWithdrawn: fc.constantFrom(false, false, false, true),
  }) as fc.Arbitrary<InputChange>;

  it('answers any changes: a refusal, or finite ascending quantiles within what can be shown, the mean among them', () => {
    let answered = 0;
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 5, maxLength: 80, size: 'max' }),
        fc.option(fc.double({ min: 18, max: 110 })),
        (all, age) => {
          const memory = all.reduce<unknown>(VITAL_FORECAST.take, null);
          for (const { code, bounds } of VITAL_SIGNS) {
            const answer = VITAL_FORECAST.forecast(memory, code, { ...ADULT, ageYears: age });
            if (answer.kind === 'refused') continue;
            answered++;
            expect(answer.dataUntil).toBeLessThanOrEqual(answer.issuedAt);
            for (const { newest } of answer.inputs) expect(newest).toBeLessThanOrEqual(answer.dataUntil);
            for (const { mean, quantiles } of answer.points) {
              const levels = QUANTILE_LEVELS.map((level) => quantiles[level]);
              expect(levels).toEqual(levels.toSorted((a, b) => a - b));
              for (const x of [mean, ...levels]) {
                expect(x).toBeGreaterThanOrEqual(bounds.least);
                expect(x).toBeLessThanOrEqual(bounds.most);
              }
              expect(mean).toBeGreaterThanOrEqual(quantiles['0.025']);
              expect(mean).toBeLessThanOrEqual(quantiles['0.975']);
            }
          }
        },
      ),
      propertyRuns(300),
    );
    expect(answered).toBeGreaterThan(metInRuns(100));
  });

  it('gives the same bytes for the same changes in any order, and after its memory was stored', () => {
    const distinct = fc.uniqueArray(
      fc.record({
        code: fc.constantFrom(HEART, OXYGEN, BREATHS),
        second: fc.nat(36 * 3600),
        x: fc.integer({ min: 40, max: 80 }),
      }),
      { selector: ({ code, second }) => `${code} ${second}`, minLength: 2, maxLength: 120 },
    );
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat()), (all, keys) => {
        const changes = all.map(({ code, second, x }) => value(code, second / 60, x));
        const shuffled = changes.map((one) => ({ one, key: keys.next().value })).sort((a, b) => a.key - b.key);
        const stored = shuffled.reduce<unknown>(
          (memory, { one }) => JSON.parse(JSON.stringify(VITAL_FORECAST.take(memory, one))),
          null,
        );
        for (const code of [HEART, OXYGEN, BREATHS])
          expect(JSON.stringify(VITAL_FORECAST.forecast(stored, code, ADULT))).toBe(
            JSON.stringify(forecast(changes, code)),
          );
      }),
      propertyRuns(100),
    );
  });
});

describe('sensors of one vital sign', () => {
  const beside = (code: number, own: number, other: number, over: Partial<InputChange> = {}): InputChange[] => [
    ...hourly(code, [own, own, own, own]),
    value(code, 3 * 60, other, { identity: 'other', source: 'wearable', ...over }),
  ];

  it.each(VITAL_SIGNS)(
    'that differ are no news up to the usual spread, widen the bands of $name beyond, and are refused beyond three',
    ({ code, usual, spread, title, bounds }) => {
      const side = usual - 4 * spread < bounds.least ? 1 : -1;
      const at = (spreads: number) => forecast(beside(code, usual, usual + side * spreads * spread), code);
      const widthAt = (spreads: number): number => {
        const answer = at(spreads);
        if (answer.kind === 'refused') throw new Error(answer.message);
        return width(answer) / spread;
      };
      expect(at(0.9)).toMatchObject({ explanation: expect.not.stringContaining('sensor') });
      expect(at(2)).toMatchObject({ explanation: expect.stringContaining('Another sensor differs by') });
      expect(widthAt(2)).toBeGreaterThan(1.2 * widthAt(0.9));
      expect(at(3.1)).toMatchObject({
        kind: 'refused',
        reason: 'outside-domain',
        message: expect.stringMatching(`^Two sensors of ${title} differ by `),
      });
    },
  );

  it.each<[string, Partial<InputChange>]>([
    ['of the same sensor', { source: 'ward' }],
    ['ten minutes apart', { t: T0 + 3 * HOUR - 10 * MINUTE }],
    ['of bad quality', { quality: 2 }],
  ])('do not contradict each other by values %s', (_, over) => {
    expect(forecast(beside(HEART, 80, 140, over))).toMatchObject({
      kind: 'forecast',
      explanation: expect.not.stringContaining('sensor'),
    });
  });

  it('that contradict each other are not read for other vital signs', () => {
    const without = forecastOr(hourly(BREATHS, [16, 17, 16, 17]), BREATHS);
    const conflict = forecastOr([...hourly(BREATHS, [16, 17, 16, 17]), ...beside(HEART, 80, 150)], BREATHS);
    expect(conflict.points).toEqual(without.points);
    expect(conflict.explanation).toContain('Not known: heart rate');
  });

  it('are compared by medians of five minutes: one odd value of a stream is none, a withdrawn one neither', () => {
    const stream = Array.from({ length: 60 }, (_, i) => [
      value(HEART, 180 + i / 10, 80, { identity: `a ${i}` }),
      value(HEART, 180 + i / 10, i === 59 ? 160 : 82, { identity: `b ${i}`, source: 'wearable' }),
    ]).flat();
    expect(forecast(stream).kind).toBe('forecast');
    const odd = value(HEART, 3 * 60, 150, { identity: 'other', source: 'wearable' });
    const charted = hourly(HEART, [80, 80, 80, 80]);
    const back = forecast([...charted, odd, { ...odd, isWithdrawn: true }]);
    expect(back).toEqual(forecast(charted));
  });
});
