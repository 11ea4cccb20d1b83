import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { QUANTILE_LEVELS, seeded, type InputChange, type ModelForecast, type Subject } from '#libs/domain/forecasting';
import { GLUCOSE_FORECAST } from './forecaster.js';

const MINUTE = 60_000;
const START = 1_760_000_000_000;
const ANYBODY: Subject = { ageYears: null, isPregnant: null, weightKg: null, parameters: null };

function glucose(t: number, x: number, more: Partial<InputChange> = {}): InputChange {
  return { identity: `g${t}`, code: 9, t, x, quality: 0, source: 'sensor', isWithdrawn: false, ...more };
}

function dose(code: 18 | 19 | 20, t: number, x: number): InputChange {
  return { identity: `d${code}-${t}`, code, t, x, quality: 0, source: 'pump', isWithdrawn: false };
}

/** Readings each 5 min that wander, with a meal and a bolus now and then. */
function day(hours: number, seed: number, hasDoses = true): readonly InputChange[] {
  const random = seeded(seed);
  const changes: InputChange[] = [];
  let level = 140;
  for (let minutes = 0; minutes <= hours * 60; minutes += 5) {
    const t = START + minutes * MINUTE;
    level += 0.03 * (150 - level) + 4 * random.normal();
    changes.push(glucose(t, Math.round(level + 25 * Math.sin(minutes / 90))));
    if (!hasDoses || minutes % 240 !== 60) continue;
    changes.push(dose(18, t + MINUTE, 5), dose(20, t + 2 * MINUTE, 45), dose(19, t, 0.8 + (minutes % 480) / 1000));
  }
  return changes;
}

const taken = (changes: readonly InputChange[], before: unknown = null): unknown =>
  changes.reduce((memory, change) => GLUCOSE_FORECAST.take(memory, change), before);

const forecastOf = (memory: unknown, about: Subject = ANYBODY) => GLUCOSE_FORECAST.forecast(memory, 9, about);

function answered(memory: unknown): ModelForecast {
  const forecast = forecastOf(memory);
  if (forecast.kind === 'refused') throw new Error(forecast.message);
  return forecast;
}

/** The changes in an order in which none is later than others by 15 min or more of its own time. */
function shuffled(changes: readonly InputChange[], seed: number): readonly InputChange[] {
  const random = seeded(seed);
  return changes
    .map((change) => ({ change, at: change.t + 14 * MINUTE * random.uniform() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ change }) => change);
}

describe('the glucose forecast', () => {
  it('answers all horizons with ascending quantiles, a mean between them, and its baselines', () => {
    const { points, issuedAt, dataUntil, inputs } = answered(taken(day(12, 1)));
    expect(points.map(({ minutes }) => minutes)).toEqual([15, 30, 45, 60, 90, 120]);
    for (const { mean, quantiles, baselines } of points) {
      const values = QUANTILE_LEVELS.map((level) => quantiles[level]);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(mean).toBeGreaterThan(quantiles['0.025']);
      expect(mean).toBeLessThan(quantiles['0.975']);
      expect(quantiles['0.025']).toBeGreaterThanOrEqual(39);
      expect(baselines).toEqual({
        persistence: day(12, 1).findLast(({ code }) => code === 9)!.x,
        'population-mean': 151,
      });
    }
    expect(issuedAt).toBe(START + 12 * 60 * MINUTE);
    expect(dataUntil).toBe(issuedAt);
    expect(inputs.map(({ code }) => code)).toEqual([9, 18, 19, 20]);
  });

  it('has wider bands at longer horizons', () => {
    const widths = answered(taken(day(12, 2))).points.map(({ quantiles }) => quantiles['0.9'] - quantiles['0.1']);
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  it('is the same in whatever order values arrive within 15 min', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 3, max: 14 }), (seed, hours) => {
        const changes = day(hours, seed);
        const [ordered, mixed] = [taken(changes), taken(shuffled(changes, seed + 1))];
        expect(mixed).toEqual(ordered);
        expect(forecastOf(mixed)).toEqual(forecastOf(ordered));
      }),
      { ...propertyRuns(25), examples: [[548, 10]] },
    );
  });

  it('takes a correction as if it had come first, and a withdrawn value as if it never had', () => {
    const changes = day(6, 3);
    const last = changes.length - 6;
    const wrong = changes.map((change, i) => (i === last ? { ...change, x: change.x + 50 } : change));
    expect(taken([...wrong, changes[last]!])).toEqual(taken(changes));
    const gone = { ...changes[last]!, isWithdrawn: true };
    expect(taken([...changes, gone])).toEqual(taken(changes.filter((_, i) => i !== last)));
    expect(taken([...changes, ...changes.slice(-20)])).toEqual(taken(changes));
  });

  it('remembers a bounded amount, whatever the pace and however long', () => {
    const changes = Array.from({ length: 3 * 24 * 60 }, (_, minute) => {
      const t = START + minute * MINUTE;
      const identity = `01234567-89ab-8def-8000-${String(minute).padStart(12, '0')}`;
      return [glucose(t, 120 + 30 * Math.sin(minute / 100)), { ...dose(18, t, 0.1), identity }, dose(20, t, 1)];
    }).flat();
    const text = JSON.stringify(taken(changes));
    expect(text.length).toBeLessThan(30_000);
    expect(taken([], JSON.parse(text))).toEqual(JSON.parse(text));
  });

  it('goes on from its memory as stored', () => {
    const changes = day(9, 5);
    const half = taken(changes.slice(0, 70));
    expect(taken(changes.slice(70), JSON.parse(JSON.stringify(half)))).toEqual(taken(changes));
  });
});

describe('what is missing', () => {
  it('is refused: no value, too little history, a newest value of bad quality, another measure', () => {
    expect(forecastOf(null)).toMatchObject({ kind: 'refused', reason: 'no-data' });
    expect(forecastOf(taken(day(0.25, 1)))).toMatchObject({ kind: 'refused', reason: 'too-little-data' });
    const gap = [...day(3, 1), glucose(START + 4 * 60 * MINUTE, 130)];
    expect(forecastOf(taken(gap))).toMatchObject({ kind: 'refused', reason: 'too-little-data' });
    const bad = [...day(3, 1), glucose(START + 185 * MINUTE, 20, { quality: 2 })];
    expect(forecastOf(taken(bad))).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
    expect(GLUCOSE_FORECAST.forecast(taken(day(3, 1)), 1, ANYBODY)).toMatchObject({ reason: 'outside-domain' });
  });

  it('is outside the population in pregnancy and under 18 years; an age that is not known is no reason', () => {
    const memory = taken(day(3, 1));
    expect(forecastOf(memory, { ...ANYBODY, isPregnant: true })).toMatchObject({ reason: 'outside-population' });
    expect(forecastOf(memory, { ...ANYBODY, ageYears: 11 })).toMatchObject({ reason: 'outside-population' });
    const assumed = 'Age is not known; an adult is assumed.';
    expect(forecastOf(memory)).toMatchObject({ explanation: expect.stringContaining(assumed) });
    const of40 = forecastOf(memory, { ...ANYBODY, ageYears: 40 });
    expect(of40).toMatchObject({ kind: 'forecast', explanation: expect.not.stringContaining(assumed) });
  });

  it('is stated: doses that were not recorded are unknown, not none', () => {
    const none = answered(taken(day(6, 4, false)));
    expect(none.explanation).toContain('Not recorded within a day, so not known: boluses, carbohydrates, basal rates.');
    expect(none.inputs.map(({ code }) => code)).toEqual([9]);
    const some = answered(taken(day(6, 4)));
    expect(some.explanation).toContain('Still to act');
    expect(some.points).not.toEqual(none.points);
  });

  it('leaves a negative, bad or infinite dose out, and what it replaces', () => {
    const changes = day(6, 6);
    const t = START + 5 * 60 * MINUTE;
    for (const change of [
      { ...dose(18, t, -3) },
      { ...dose(18, t, 4), quality: 2 as const },
      { ...dose(20, t, Number.NaN) },
    ])
      expect(taken([...changes, change])).toEqual(taken(changes));
  });
});

describe('two sensors', () => {
  const both = (difference: number): unknown => {
    const own = day(4, 7, false);
    const other = own
      .filter(({ t }) => t > START + 2 * 60 * MINUTE)
      .map((change) =>
        glucose(change.t + MINUTE, change.x + difference, { source: 'other', identity: `o${change.t}` }),
      );
    return taken([...own, ...other].toSorted((a, b) => a.t - b.t));
  };
  const width = ({ points }: ModelForecast): number => points[1]!.quantiles['0.9'] - points[1]!.quantiles['0.1'];

  it('that agree are one forecast, of the sensor with more readings', () => {
    const forecast = answered(both(5));
    expect(forecast.issuedAt).toBe(START + 4 * 60 * MINUTE);
    expect(width(forecast)).toBeCloseTo(width(answered(taken(day(4, 7, false)))), 9);
  });

  it('that disagree widen the band and say so, or are refused', () => {
    const forecast = answered(both(50));
    expect(forecast.explanation).toContain('A second sensor differs by 50 mg/dL');
    expect(width(forecast)).toBeGreaterThan(1.3 * width(answered(both(5))));
    expect(forecastOf(both(150))).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
  });

  it.each([
    ['higher', 200, 120],
    ['lower', 120, 200],
  ])('are refused alike where the %s one is forecast', (_, own, other) => {
    const minutes = Array.from({ length: 25 }, (__, i) => START + 5 * i * MINUTE);
    const changes = minutes.flatMap((t, i) => [
      glucose(t, own),
      ...(i < 5 ? [] : [glucose(t, other, { source: 'other', identity: `o${t}` })]),
    ]);
    expect(forecastOf(taken(changes))).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
  });
});

describe('what is learned of a person', () => {
  it('makes the bands cover, whoever the person is', () => {
    const random = seeded(21);
    let memory: unknown = null;
    const waiting = new Map<number, { from: number; to: number }>();
    let [inside, n] = [0, 0];
    for (let minutes = 0; minutes < 14 * 1440; minutes += 5) {
      const t = START + minutes * MINUTE;
      // A sensor far noisier than those of the people trained on.
      const x = 160 + 30 * Math.sin(minutes / 120) + 25 * random.normal();
      const band = waiting.get(t);
      if (band !== undefined && minutes > 7 * 1440) {
        n++;
        if (x >= band.from && x <= band.to) inside++;
      }
      waiting.delete(t);
      memory = GLUCOSE_FORECAST.take(memory, glucose(t, x));
      if (minutes < 120 || minutes % 15 !== 0) continue;
      const { quantiles } = answered(memory).points[1]!;
      waiting.set(t + 30 * MINUTE, { from: quantiles['0.1'], to: quantiles['0.9'] });
    }
    expect(n).toBeGreaterThan(500);
    expect(inside / n).toBeGreaterThan(0.74);
    expect(inside / n).toBeLessThan(0.86);
    expect(answered(memory).parameters).toBe('personal');
  });
});
