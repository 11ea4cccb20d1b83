import { describe, expect, it } from '@jest/globals';
import { activity, INSULIN_CURVES, remainingShare, type InsulinCurveName } from './exponential-curve.js';
import { insulinOnBoard } from './insulin-on-board.js';

const MINUTE = 60_000;
const NAMES = Object.keys(INSULIN_CURVES) as InsulinCurveName[];

describe('the exponential insulin curve', () => {
  it('has the shares computed by hand', () => {
    // tau = 75(1 - 75/360)/(1 - 150/360) = 101.7857; a = 0.565476; S = 1/(0.434524 + 1.565476 e^-3.536842) = 2.082956. 75 min after the delay:
    // 1 - S·0.434524·((5625/(101.7857·360·0.434524) - 0.736842 - 1) e^-0.736842 + 1) = 1 - 0.905094·(1 - 1.383561·0.478623) = 0.694263.
    const curve = INSULIN_CURVES['rapid-acting-adult'];
    expect(remainingShare(curve, 85)).toBeCloseTo(0.694263, 4);
    expect(remainingShare(curve, 10)).toBe(1);
    expect(remainingShare(curve, 370)).toBe(0);
  });

  it.each(NAMES)('%s never rises and acts as fast as it falls', (name) => {
    const curve = INSULIN_CURVES[name];
    for (let minutes = 0; minutes < 400; minutes += 1) {
      const fall = remainingShare(curve, minutes) - remainingShare(curve, minutes + 1);
      expect(fall).toBeGreaterThanOrEqual(0);
      expect(Math.abs(fall - activity(curve, minutes + 0.5))).toBeLessThan(2e-4);
    }
  });

  it.each(NAMES)('%s acts most at its peak', (name) => {
    const curve = INSULIN_CURVES[name];
    const peak = curve.delayMinutes + curve.peakMinutes;
    expect(activity(curve, peak)).toBeGreaterThan(activity(curve, peak - 2));
    expect(activity(curve, peak)).toBeGreaterThan(activity(curve, peak + 2));
  });
});

describe('insulin on board', () => {
  it('is what boluses have left, and nothing of later ones', () => {
    const boluses = [
      { t: 0, units: 4 },
      { t: 500 * MINUTE, units: 9 },
    ];
    expect(insulinOnBoard(boluses, [], 0)).toBe(4);
    expect(insulinOnBoard(boluses, [], 85 * MINUTE)).toBeCloseTo(4 * 0.694263, 3);
    expect(insulinOnBoard(boluses, [], 400 * MINUTE)).toBe(0);
  });

  it('counts a basal rate as its difference from the scheduled one', () => {
    const basal = [{ from: 0, until: 60 * MINUTE, unitsPerHour: 1.5 }];
    expect(insulinOnBoard([], basal, 60 * MINUTE, { scheduledUnitsPerHour: 1.5 })).toBe(0);
    expect(insulinOnBoard([], basal, 60 * MINUTE, { scheduledUnitsPerHour: 2 })).toBeLessThan(-0.4);
    const all = insulinOnBoard([], basal, 60 * MINUTE);
    expect(all).toBeGreaterThan(1.2);
    expect(all).toBeLessThan(1.5);
  });
});
