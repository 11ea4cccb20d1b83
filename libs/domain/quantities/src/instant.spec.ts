import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { parseInstant } from './instant.js';

describe('parseInstant', () => {
  it.each([
    ['2026-03-01T08:15:30Z', Date.UTC(2026, 2, 1, 8, 15, 30)],
    ['2026-03-01T08:15:30.250Z', Date.UTC(2026, 2, 1, 8, 15, 30, 250)],
    ['2026-03-01T08:15:30.2Z', Date.UTC(2026, 2, 1, 8, 15, 30, 200)],
    ['2026-03-01T08:15:30.123456789+01:00', Date.UTC(2026, 2, 1, 7, 15, 30, 123)],
    ['2026-03-01T08:15-0530', Date.UTC(2026, 2, 1, 13, 45)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2000-02-29T00:00:00+00:00', Date.UTC(2000, 1, 29)],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['2026-01-01t00:00:00z', Date.UTC(2026, 0, 1)],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toEqual({ ok: true, ms });
  });

  it.each([
    ['2026-03-01T08:15:30', 'timestamp-without-offset'],
    ['2026-03-01T08:15', 'timestamp-without-offset'],
    ['2026-03-01', 'timestamp-invalid'],
    ['2023-02-29T00:00:00Z', 'timestamp-invalid'],
    ['1900-02-29T00:00:00Z', 'timestamp-invalid'],
    ['2026-04-31T00:00:00+02:00', 'timestamp-invalid'],
    ['2026-13-01T00:00:00Z', 'timestamp-invalid'],
    ['2026-00-01T00:00:00Z', 'timestamp-invalid'],
    ['2026-01-00T00:00:00Z', 'timestamp-invalid'],
    ['2026-01-01T24:00:00Z', 'timestamp-invalid'],
    ['2026-01-01T00:60:00Z', 'timestamp-invalid'],
    ['2026-01-01T00:00:61Z', 'timestamp-invalid'],
    ['2026-01-01T00:00:60Z', 'timestamp-invalid'],
    ['2026-01-01T00:00:00+15:00', 'timestamp-invalid'],
    ['0000-01-01T00:00:00Z', 'timestamp-invalid'],
    ['2026-01-01T00:00:0aZ', 'timestamp-invalid'],
    ['2026-01-01T00:00:00.12aZ', 'timestamp-invalid'],
    ['2026-01-01 00:00:00Z', 'timestamp-invalid'],
    ['', 'timestamp-invalid'],
    ['now', 'timestamp-invalid'],
    ['1700000000000', 'timestamp-invalid'],
    ['2026-01-01T00:00:00Z\u0000', 'timestamp-invalid'],
    ['２０２６-01-01T00:00:00Z', 'timestamp-invalid'],
  ])('refuses "%s" as %s', (text, code) => {
    expect(parseInstant(text)).toMatchObject({ ok: false, code });
  });

  it('reads back every instant that Date writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (date) => {
          expect(parseInstant(date.toISOString())).toEqual({ ok: true, ms: date.getTime() });
        },
      ),
    );
  });

  it('agrees with itself with and without the fast way', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{4}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]$/), (text) => {
        const fast = parseInstant(`${text}Z`);
        const full = parseInstant(`${text}+00:00`);
        expect(fast.ok ? fast.ms : fast.code).toEqual(full.ok ? full.ms : full.code);
      }),
      propertyRuns(2000),
    );
  });
});
