import { describe, expect, it } from '@jest/globals';
import { shortDuration } from './durations.js';

describe('lengths of time', () => {
  it.each([
    [-5, '0 sec'],
    [42, '42 sec'],
    [60, '1 min'],
    [3_599, '59 min, 59 sec'],
    [3_600, '1 hr'],
    [7_530, '2 hr, 5 min'],
    [90_000, '1 day, 1 hr'],
    [40 * 86_400 + 60, '40 days'],
  ])('%d s is %s', (seconds, shown) => {
    expect(shortDuration(seconds)).toBe(shown);
  });
});
