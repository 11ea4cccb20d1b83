import { describe, expect, it } from '@jest/globals';
import { ABSORPTION_SHAPES, type AbsorptionName } from './absorption.js';
import { carbohydrateEffect, carbohydratesOnBoard } from './carbohydrates-on-board.js';

const MINUTE = 60_000;
const NAMES = Object.keys(ABSORPTION_SHAPES) as AbsorptionName[];

describe('absorption', () => {
  it.each(NAMES)('%s rises from 0 to 1, its inverse and its rate agree with it', (name) => {
    const { absorbedAt, timeOf, rateAt } = ABSORPTION_SHAPES[name];
    expect(absorbedAt(-0.1)).toBe(0);
    expect(absorbedAt(1.1)).toBe(1);
    for (let t = 0.01; t < 0.99; t += 0.01) {
      expect(timeOf(absorbedAt(t))).toBeCloseTo(t, 9);
      expect((absorbedAt(t + 1e-6) - absorbedAt(t - 1e-6)) / 2e-6).toBeCloseTo(rateAt(t), 3);
    }
  });

  it('has the shares computed by hand', () => {
    // Piecewise linear: plateau 2/(1+0.5-0.15) = 1.481481; at 0.3: 1.481481(0.3 - 0.075) = 0.333333.
    expect(ABSORPTION_SHAPES['piecewise-linear'].absorbedAt(0.3)).toBeCloseTo(1 / 3, 9);
    expect(ABSORPTION_SHAPES.parabolic.absorbedAt(0.25)).toBe(0.125);
  });
});

describe('carbohydrates on board', () => {
  const entries = [
    { t: 0, grams: 30 },
    { t: 600 * MINUTE, grams: 50 },
  ];

  it('are all there until absorption begins, a third less at 0.3 of the time, and nothing of later meals', () => {
    expect(carbohydratesOnBoard(entries, 10 * MINUTE)).toBe(30);
    expect(carbohydratesOnBoard(entries, 64 * MINUTE)).toBeCloseTo(20, 9);
    expect(carbohydratesOnBoard(entries, 190 * MINUTE)).toBe(0);
  });

  it('raise glucose by what was absorbed', () => {
    expect(carbohydrateEffect(entries, 64 * MINUTE, 4)).toBeCloseTo(40, 9);
  });
});
