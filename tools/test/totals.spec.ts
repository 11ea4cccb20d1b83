import { describe, expect, it } from '@jest/globals';
import { closingLines, totalsOf } from './totals.js';

const GOOD = { numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPendingTests: 0 };

describe('the totals of all runs', () => {
  it('do not fail for comparisons with data sets that are not there, and say how many', () => {
    const totals = totalsOf([GOOD, { ...GOOD, numPendingTests: 21 }]);
    expect(totals).toEqual({ passed: 6, failed: 0, skipped: 21 });
    expect(closingLines(totals)).toEqual([expect.stringMatching(/^21 skipped: /), '6 passed, 0 failed']);
  });

  it('count failed tests, and suites that could not be run', () => {
    const totals = totalsOf([
      { ...GOOD, numFailedTests: 1 },
      { ...GOOD, numRuntimeErrorTestSuites: 1 },
    ]);
    expect(closingLines(totals)).toEqual(['6 passed, 2 failed']);
  });
});
