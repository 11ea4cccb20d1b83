import { describe, expect, it } from '@jest/globals';
import { durationText } from './duration-text.js';

describe('a length of time', () => {
  it.each([
    [0, '0 seconds'],
    [59.9, '59 seconds'],
    [60, '1 minute'],
    [3_599, '59 minutes'],
    [7_200, '2 hours'],
    [172_801, '2 days'],
  ])('of %d s is %s', (seconds, text) => expect(durationText(seconds)).toBe(text));
});
