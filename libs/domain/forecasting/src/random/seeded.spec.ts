import { describe, expect, it } from '@jest/globals';
import { seeded } from './seeded.js';

const take = (n: number, next: () => number): number[] => Array.from({ length: n }, next);

describe('seeded', () => {
  it('gives the same numbers for the same seed, others for another seed or stream', () => {
    const of = (seed: number, stream?: number): number[] => take(20, seeded(seed, stream).normal);
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
    expect(of(7)).not.toEqual(of(7, 1));
  });

  it('draws standard normal numbers', () => {
    const values = take(20_000, seeded(1).normal);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(values.filter((x) => Math.abs(x) > 1.96).length / values.length).toBeCloseTo(0.05, 2);
  });
});
