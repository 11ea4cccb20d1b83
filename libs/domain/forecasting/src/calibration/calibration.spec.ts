import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { QUANTILE_LEVELS } from '../distribution/quantiles.js';
import { seeded } from '../random/seeded.js';
import { adapted, personalTable, type Adaptation } from './adaptation.js';
import { distributionOf, probabilityBelow } from './distribution.js';
import {
  meanResidual,
  residualAt,
  residualTable,
  shareBelow,
  TABLE_LEVELS,
  type ResidualTable,
} from './residual-table.js';

const residuals = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 300 });

function normalTable(): ResidualTable {
  const random = seeded(3);
  return residualTable(Array.from({ length: 20_000 }, random.normal))!;
}

describe('residualTable', () => {
  it('has the conformal ranks of 1 to 99', () => {
    const table = residualTable(
      Array.from({ length: 99 }, (_, i) => i + 1),
      [0.025, 0.1, 0.5, 0.9, 0.975],
    );
    // ⌈0.9 · 100⌉ = 90 and its mirror image 10; ⌈0.975 · 100⌉ = 98 and 2.
    expect(table?.values).toEqual([2, 10, 50, 90, 98]);
  });

  it('ascends, and is undefined without residuals', () => {
    expect(residualTable([])).toBeUndefined();
    fc.assert(
      fc.property(residuals, (all) => {
        const { values } = residualTable(all)!;
        expect(values).toEqual(values.toSorted((a, b) => a - b));
      }),
      propertyRuns(100),
    );
  });

  it('does not depend on the order of the residuals', () => {
    fc.assert(
      fc.property(residuals, (all) => {
        expect(residualTable(all.toReversed())).toEqual(residualTable(all));
      }),
      propertyRuns(100),
    );
  });

  it('gives a share that inverts its quantiles, and a mean near that of the residuals', () => {
    const table = normalTable();
    for (const level of TABLE_LEVELS) expect(shareBelow(table, residualAt(table, level))).toBeCloseTo(level, 9);
    expect(Math.abs(meanResidual(table))).toBeLessThan(0.02);
  });
});

describe('distributionOf', () => {
  it('has the quantiles of location and scale, its mean between the outer ones', () => {
    const { mean, quantiles } = distributionOf(120, 10, normalTable());
    expect(quantiles['0.975']).toBeCloseTo(139.6, 0);
    expect(quantiles['0.025']).toBeCloseTo(100.4, 0);
    expect(mean).toBeCloseTo(120, 0);
  });

  it('shows nothing beyond the bounds, and a mean of what is shown', () => {
    const { mean, quantiles } = distributionOf(40, 30, normalTable(), { least: 39, most: 401 });
    expect(quantiles['0.025']).toBe(39);
    expect(quantiles['0.5']).toBeCloseTo(40, 0);
    expect(mean).toBeGreaterThan(quantiles['0.5']);
  });

  it('says how probable a low is', () => {
    expect(probabilityBelow(80, 10, normalTable(), 70)).toBeCloseTo(0.159, 2);
  });
});

describe('adapted', () => {
  const rates = { rate: 0.02, shrinkage: 0.0005 };

  /** Shares of the last half of `n` residuals below each level, each judged before it is learned. */
  function shares(draw: () => number, n: number): readonly number[] {
    const table = normalTable();
    let state: Adaptation | null = null;
    const below = QUANTILE_LEVELS.map(() => 0);
    for (let i = 0; i < n; i++) {
      const residual = draw();
      const mine = personalTable(table, state);
      if (i >= n / 2)
        for (const [k, level] of QUANTILE_LEVELS.entries())
          if (residual <= residualAt(mine, Number(level))) below[k] = below[k]! + 1;
      state = adapted(table, state, residual, rates);
    }
    return below.map((count) => count / (n / 2));
  }

  it('reaches the shares of a person who is twice as variable and biased', () => {
    const random = seeded(11);
    const found = shares(() => 0.5 + 2 * random.normal(), 8000);
    for (const [k, level] of QUANTILE_LEVELS.entries()) expect(Math.abs(found[k]! - Number(level))).toBeLessThan(0.03);
  });

  it('moves little for a person of the population', () => {
    const random = seeded(12);
    const table = normalTable();
    let state: Adaptation | null = null;
    for (let i = 0; i < 4000; i++) state = adapted(table, state, random.normal(), rates);
    for (const offset of state!.offsets) expect(Math.abs(offset)).toBeLessThan(0.45);
    expect(state!.n).toBe(4000);
  });

  it('moves the levels between the seven along the line between their offsets, and those beyond with the outermost', () => {
    const table = { levels: [0.01, 0.1, 0.175, 0.5, 0.995], values: [-3, -2, -1, 0, 4] };
    const offsets = [-1, 0, 2, 0, 0, 0, 1];
    const moved = personalTable(table, { n: 1, offsets }).values.map((value) => Math.round(value * 1e9) / 1e9 + 0);
    expect(moved).toEqual([-4, -2, 0, 0, 5]);
  });

  it('keeps the given part of the movement of the mean, and all of the movement of the width', () => {
    const table = normalTable();
    const adaptation = { n: 9, offsets: [0, 0.1, 0.2, 0.5, 0.9, 1.2, 1.5] };
    const width = ({ values }: ResidualTable): number => values.at(-1)! - values[0]!;
    const whole = personalTable(table, adaptation);
    const half = personalTable(table, adaptation, 0.5);
    const moved = meanResidual(whole) - meanResidual(table);
    expect(moved).toBeGreaterThan(0.3);
    expect(meanResidual(half) - meanResidual(table)).toBeCloseTo(moved / 2, 9);
    expect(width(half)).toBeCloseTo(width(whole), 9);
  });

  it('is bounded whatever residuals come', () => {
    const table = normalTable();
    const width = residualAt(table, 0.9) - residualAt(table, 0.1);
    let state: Adaptation | null = null;
    for (let i = 0; i < 5000; i++) state = adapted(table, state, 1e9, { rate: 0.05, shrinkage: 0.01 });
    for (const offset of state!.offsets) expect(Math.abs(offset)).toBeLessThanOrEqual((0.05 * width) / 0.01);
  });
});
