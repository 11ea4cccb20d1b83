import { describe, expect, it } from '@jest/globals';
import { hrvSummary } from '../../index.js';

describe('variability of a window', () => {
  it('gives the figures of a series worked out by hand', () => {
    const alternating = Array.from({ length: 200 }, (_, i) => (i % 2 ? 830 : 770));
    const summary = hrvSummary(alternating);
    expect(summary).toMatchObject({ rmssdMs: 60, pnn50Percent: 100, intervals: 200, normalShare: 1 });
    expect('sdnnMs' in summary && summary.sdnnMs).toBeCloseTo(30 * Math.sqrt(200 / 199), 9);
  });

  it('leaves out early beats, and refuses windows of few or mostly odd intervals', () => {
    const some = Array.from({ length: 300 }, (_, i) => (i % 30 === 0 ? 400 : i % 30 === 1 ? 1200 : 800));
    expect(hrvSummary(some)).toMatchObject({ rmssdMs: 0, sdnnMs: 0, normalShare: 280 / 300 });
    expect(hrvSummary([])).toMatchObject({ refused: 'too-few-intervals' });
    const odd = Array.from({ length: 400 }, (_, i) => [800, 800, 800, 100, Number.NaN][i % 5]!);
    expect(hrvSummary(odd)).toMatchObject({ refused: 'too-few-normal' });
  });
});
