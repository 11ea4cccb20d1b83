import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { featuresOf } from './features.js';
import { forecastLow } from './forecast.js';
import { withReading, type History } from './history.js';
import {
  isCompressionSuspected,
  LOW_SOON,
  rateOfChange,
  stepLowSoon,
  URGENT_LOW_SOON,
  type LowSoonState,
} from './index.js';

const MINUTE = 60_000;

function historyOf(values: readonly number[], pace = 5): History {
  return values.reduce<History>((history, x, i) => withReading(history, i * pace * MINUTE, x), []);
}

/** Minutes at which each rule was reported, over readings 5 min apart. */
function told(values: readonly number[], times = values.map((_, i) => i * 5)): { low: number[]; urgentLow: number[] } {
  const found = { low: [] as number[], urgentLow: [] as number[] };
  let state: LowSoonState | null = null;
  let was = { low: false, urgentLow: false };
  for (const [i, x] of values.entries()) {
    const step = stepLowSoon(state, times[i]! * MINUTE, x);
    state = step.state;
    for (const name of ['low', 'urgentLow'] as const) if (step.on[name] && !was[name]) found[name].push(times[i]!);
    was = { ...step.on };
  }
  return found;
}

const FALLING = [160, 155, 150, 144, 138, 131, 124, 116, 108, 100, 92, 85, 78, 72, 66, 60, 54, 50, 48];
const STEADY = Array.from({ length: 40 }, (_, i) => 120 + (i % 3));

describe('low soon', () => {
  it('is emitted before the low, and urgent no later than 5 min after 55', () => {
    const { low, urgentLow } = told(FALLING);
    expect(low).toHaveLength(1);
    expect(low[0]).toBeLessThan(14 * 5);
    expect(urgentLow).toHaveLength(1);
    expect(urgentLow[0]).toBeLessThanOrEqual(17 * 5);
    expect(urgentLow[0]).toBeGreaterThan(low[0]!);
  });

  it('is not emitted for steady or rising values', () => {
    expect(told(STEADY)).toEqual({ low: [], urgentLow: [] });
    expect(told([...FALLING.slice(0, 8), 118, 122, 128, 135, 141])).toEqual({ low: [], urgentLow: [] });
  });

  it('emits an unpredicted low after 5 min, without any history', () => {
    expect(told([100, 68, 66, 65], [0, 60, 65, 70]).low).toEqual([65]);
  });

  it('is over after 15 min without cause, and an hour after a forecast that did not come true', () => {
    const back = [...FALLING, 60, 75, 90, 105, 118, 125, 130, 132, 134];
    expect(told([...back, ...FALLING]).low).toHaveLength(2);
  });

  it('forgets what it predicted across an hour without readings', () => {
    const step = (state: LowSoonState | null, minutes: number, x: number) => stepLowSoon(state, minutes * MINUTE, x);
    let state: LowSoonState | null = null;
    for (const [i, x] of FALLING.slice(0, 14).entries()) state = step(state, i * 5, x).state;
    expect(step(state, 66, 72).on.low).toBe(true);
    expect(step(state, 14 * 5 + 61, 90).on.low).toBe(false);
  });

  it('takes other limits', () => {
    const impossible = { raise: 1.1, clear: 1 };
    const never = { low: impossible, earlyLow: impossible, urgentLow: impossible };
    let state: LowSoonState | null = null;
    for (const [i, x] of FALLING.slice(0, 14).entries()) {
      const step = stepLowSoon(state, i * 5 * MINUTE, x, never);
      state = step.state;
      expect(step.on).toEqual({ low: false, earlyLow: false, urgentLow: false });
    }
  });

  it('never throws, stays small, and is changed by nothing that is not later', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 0, -1, 39, 401, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -5, max: 400 }), odd), { maxLength: 120 }), (readings) => {
        let state: LowSoonState | null = null;
        for (const [minute, x] of readings) {
          const step = stepLowSoon(state, minute * MINUTE, x);
          if (state !== null && minute * MINUTE <= (state.history.at(-1)?.[0] ?? -Infinity))
            expect(step.state).toBe(state);
          state = step.state;
        }
        expect(state?.history.length ?? 0).toBeLessThanOrEqual(31);
      }),
      propertyRuns(100),
    );
  });
});

describe('the forecast', () => {
  it('has contributions that add up to its score, for both models', () => {
    for (const model of [LOW_SOON, URGENT_LOW_SOON]) {
      const found = forecastLow(model, historyOf(FALLING.slice(0, 12)));
      if (found.kind === 'refused') throw new Error(found.reason);
      const sum = found.contributions.reduce((total, { contribution }) => total + contribution, found.intercept);
      expect(sum).toBe(found.score);
      expect(found.probability).toBeCloseTo(1 / (1 + Math.exp(-sum)), 12);
      expect(featuresOf(historyOf(FALLING.slice(0, 12)))).toHaveLength(model.weights.length);
    }
  });

  it('changes when a reading it rests on is taken away', () => {
    const values = [150, 149, 144, 140, 131, 127, 115, 112, 100, 97, 86, 80];
    const whole = forecastLow(LOW_SOON, historyOf(values));
    const history = historyOf(values);
    for (const back of [1, 3, 7]) {
      const without = forecastLow(
        LOW_SOON,
        history.filter((_, i) => i !== history.length - back),
      );
      expect(without).not.toEqual(whole);
    }
  });

  it('refuses less than half an hour, and gaps', () => {
    expect(forecastLow(LOW_SOON, [])).toEqual({ kind: 'refused', reason: 'too-little-history' });
    expect(forecastLow(LOW_SOON, historyOf([100, 98, 96, 94]))).toMatchObject({ kind: 'refused' });
    expect(forecastLow(LOW_SOON, historyOf([100, 98, 96, 94], 20))).toMatchObject({ kind: 'refused' });
  });

  it('says much the same of a sensor that reads each minute', () => {
    const fine = Array.from({ length: 56 }, (_, i) => {
      const [at, part] = [Math.floor(i / 5), (i % 5) / 5];
      return FALLING[at]! + part * (FALLING[at + 1]! - FALLING[at]!);
    });
    const [a, b] = [forecastLow(LOW_SOON, historyOf(fine, 1)), forecastLow(LOW_SOON, historyOf(FALLING.slice(0, 12)))];
    if (a.kind === 'refused' || b.kind === 'refused') throw new Error('refused');
    expect(a.probability).toBeCloseTo(b.probability, 1);
  });
});

describe('rate of change', () => {
  it('is the median slope of a quarter of an hour, with its arrow', () => {
    expect(rateOfChange(historyOf([100, 105, 110, 115]))).toEqual({ kind: 'rate', perMinute: 1, arrow: 'slowly' });
    expect(rateOfChange(historyOf([200, 187, 174, 161]))).toMatchObject({ arrow: 'fast' });
    expect(rateOfChange(historyOf([100, 100, 100, 101]))).toMatchObject({ arrow: 'steady' });
    expect(rateOfChange(historyOf([100, 120, 140, 160]))).toMatchObject({ arrow: 'very-fast' });
  });

  it('is not turned by one odd reading, and refuses too few', () => {
    const found = rateOfChange(historyOf([100, 101, 102, 140, 104]));
    expect(found.kind === 'rate' && Math.abs(found.perMinute) < 3).toBe(true);
    expect(rateOfChange(historyOf([100, 90]))).toEqual({ kind: 'refused', reason: 'too-few-readings' });
    expect(rateOfChange([])).toMatchObject({ kind: 'refused' });
  });
});

describe('a sensor under pressure', () => {
  it('is suspected after a sudden fall out of a level half hour only', () => {
    expect(isCompressionSuspected(historyOf([110, 111, 110, 112, 111, 110, 95, 80, 72]))).toBe(true);
    expect(isCompressionSuspected(historyOf(FALLING.slice(4, 13)))).toBe(false);
    expect(isCompressionSuspected(historyOf([110, 111, 110, 112, 111, 110, 108, 106, 104]))).toBe(false);
  });
});
