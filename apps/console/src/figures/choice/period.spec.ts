import { expect, it } from '@jest/globals';
import { windowOf } from './period.js';

it('a period ends with the minute that has begun, so that what just happened is in it', () => {
  const now = Date.parse('2026-03-10T12:00:30.500Z');
  expect(windowOf(7, now)).toEqual({ from: '2026-03-03T12:01:00.000Z', to: '2026-03-10T12:01:00.000Z' });
  expect(windowOf(7, now + 20_000)).toEqual(windowOf(7, now));
});
