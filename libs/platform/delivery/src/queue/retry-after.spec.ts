import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { MAX_RETRY_AFTER_MS, retryAfterMs } from './retry-after.js';

const NOW = Date.UTC(2026, 10, 28, 12, 0, 0, 250);

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['000007', 7000],
    ['86400', 86_400_000],
    ['86401', MAX_RETRY_AFTER_MS],
    ['99999999999999999999999', MAX_RETRY_AFTER_MS],
    // The three forms of an HTTP date, and each with a part wrong.
    ['Sat, 28 Nov 2026 12:01:00 GMT', 59_750],
    ['sat, 28 nov 2026 12:01:00 gmt', 59_750],
    ['Saturday, 28-Nov-26 12:01:00 GMT', 59_750],
    ['Sat Nov 28 12:01:00 2026', 59_750],
    ['Tue Dec  1 12:00:00 2026', MAX_RETRY_AFTER_MS],
    ['Sat Nov 28 12:00:01 2026', 750],
    ['Sun, 29 Nov 2026 00:00:00 GMT', 43_199_750],
    ['Sat, 28 Nov 2026 11:59:59 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Saturday, 28-Nov-76 12:01:00 GMT', MAX_RETRY_AFTER_MS],
    ['Saturday, 28-Nov-77 12:01:00 GMT', 0],
    ['Sat, 28 Nov 2026 12:01:00', 0],
    ['Sat, 28 Nov 2026 12:01:00 +0000', 0],
    ['Sat, 28 Nov 2026 12:01:00 GMTX', 0],
    ['x Sat, 28 Nov 2026 12:01:00 GMT', 0],
    ['Saturday, 28-Nov-26 12:01:00 GMTX', 0],
    ['x Saturday, 28-Nov-26 12:01:00 GMT', 0],
    ['Sat Nov 28 12:01:00 20260', 0],
    ['x Sat Nov 28 12:01:00 2026', 0],
    ['Sat, 28 Nov 2026 12:1:00 GMT', 0],
    ['Sat, 28 Foo 2026 12:01:00 GMT', 0],
    ['2026-11-28T12:01:00Z', 0],
    ['Saturday, 28-Nov-2026 12:01:00 GMT', 0],
    ['1.5', 0],
    ['-5', 0],
    ['5 s', 0],
    ['s5', 0],
    ['soon', 0],
    ['', 0],
    [undefined, 0],
  ])('%j asks to wait %d ms', (header, expected) => expect(retryAfterMs(header, NOW)).toBe(expected));

  it('reads what Date writes, in each month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_399 }), fc.integer({ min: 0, max: 1200 }), (seconds, days) => {
        const now = NOW + days * 86_400_000;
        const until = Math.floor(now / 1000) * 1000 + seconds * 1000;
        expect(retryAfterMs(new Date(until).toUTCString(), now)).toBe(until - now);
      }),
      propertyRuns(100),
    );
  });

  it('answers a wait between 0 and a day for anything', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = retryAfterMs(header, NOW);
        expect(wait >= 0 && wait <= MAX_RETRY_AFTER_MS).toBe(true);
      }),
      propertyRuns(100),
    );
  });
});
