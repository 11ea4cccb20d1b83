import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText, propertyRuns } from '#libs/testing/properties';
import { datePeriod } from './date-period.js';
import { fold, MAX_FOLDED } from './folding.js';
import { indexKey, MAX_KEY } from './index-key.js';
import { canonicalUnit, toCanonicalValue } from './ucum-unit.js';

describe('folding', () => {
  it.each([
    ['Müller', 'muller'],
    ['  ÉCOLE\t\n du   Nord ', 'ecole du nord'],
    ['İstanbul', 'istanbul'],
    ['e\u0301', 'e'],
    ['ΣΊΣΥΦΟΣ', 'σισυφος'],
    ['ﬁ', 'ﬁ'],
    ['日本', '日本'],
  ])('%p is %p', (text, folded) => expect(fold(text)).toBe(folded));

  it('changes nothing that is folded, and not with case or composition', () => {
    fc.assert(
      fc.property(anyText(40), (text) => {
        const folded = fold(text);
        expect(fold(folded)).toBe(folded);
        expect(fold(text.normalize('NFC'))).toBe(fold(text.normalize('NFD')));
        expect(fold(` ${text}  `)).toBe(folded);
        expect(folded.length).toBeLessThanOrEqual(MAX_FOLDED);
      }),
      propertyRuns(500),
    );
  });

  it('bounds long text, and its time', () => {
    const started = process.cpuUsage().user;
    expect(fold('é '.repeat(500_000)).length).toBeLessThanOrEqual(MAX_FOLDED);
    expect(fold(`${'\ud83d\ude00'.repeat(MAX_FOLDED)}x`).isWellFormed()).toBe(true);
    expect(process.cpuUsage().user - started).toBeLessThan(500_000);
  });
});

describe('keys of an index', () => {
  it('are bounded and equal for equal values only', () => {
    const long = fc
      .tuple(fc.constantFrom('a', 'é', '\ud83d\ude00'), fc.integer({ min: 0, max: 400 }), fc.constantFrom('', 'x', 'y'))
      .map(([unit, times, end]) => unit.repeat(times) + end);
    fc.assert(
      fc.property(long, long, (one, other) => {
        expect(indexKey(one) === indexKey(other)).toBe(one === other);
        expect(indexKey(one).length).toBeLessThanOrEqual(MAX_KEY);
        expect(indexKey(one).isWellFormed()).toBe(true);
      }),
      propertyRuns(500),
    );
  });
});

describe('periods of dates', () => {
  it.each<[string, string, string]>([
    ['2020', '2020-01-01T00:00:00.000Z', '2020-12-31T23:59:59.999Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['2023-12-31', '2023-12-31T00:00:00.000Z', '2023-12-31T23:59:59.999Z'],
    ['2023-12-31T23:30', '2023-12-31T23:30:00.000Z', '2023-12-31T23:30:59.999Z'],
    ['2023-12-31T23:30:05+02:00', '2023-12-31T21:30:05.000Z', '2023-12-31T21:30:05.999Z'],
    ['2023-12-31T23:30:05.5Z', '2023-12-31T23:30:05.500Z', '2023-12-31T23:30:05.599Z'],
    ['2023-12-31T23:30:05.123456789Z', '2023-12-31T23:30:05.123Z', '2023-12-31T23:30:05.123Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:00.999Z'],
  ])('%s', (text, from, to) => {
    expect(datePeriod(text)).toEqual({ from: Date.parse(from), to: Date.parse(to) });
  });

  it('know the first centuries', () => {
    expect(datePeriod('0050-06')).toEqual({
      from: Date.parse('0050-06-01T00:00:00Z'),
      to: Date.parse('0050-07-01T00:00:00Z') - 1,
    });
    expect(datePeriod('0099')?.to).toBe(Date.parse('0100-01-01T00:00:00Z') - 1);
  });

  it.each([
    '',
    '20',
    '0000',
    '2026-00',
    '2026-02-30',
    '2023-02-29',
    '1900-02-29',
    '2026-01-01T24:00:00Z',
    '2026-01-01T10:60:00Z',
    '2026-01-01T10',
    '2026-01-01T10:00:00+15:00',
    '2026-01-01T10:00:00z',
    ' 2026',
    '2026-1-1',
    '99999',
  ])('%p is none', (text) => expect(datePeriod(text)).toBeUndefined());

  it('agree with Date on every day, its ends meeting those of the days beside it', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1000, 0, 1) / 864e5, max: Date.UTC(9999, 11, 30) / 864e5 }), (day) => {
        const text = (at: number): string => new Date(at * 864e5).toISOString().slice(0, 10);
        expect(datePeriod(text(day))).toEqual({ from: day * 864e5, to: (day + 1) * 864e5 - 1 });
        expect(datePeriod(text(day + 1))?.from).toBe((day + 1) * 864e5);
        const year = datePeriod(text(day).slice(0, 4));
        const month = datePeriod(text(day).slice(0, 7));
        expect(year!.from <= month!.from && month!.from <= day * 864e5 && month!.to <= year!.to).toBe(true);
      }),
      propertyRuns(500),
    );
  });
});

describe('units of UCUM', () => {
  it.each<[number, string, number, string]>([
    [1, 'g/L', 100, 'mg/dL'],
    [98.6, '[degF]', 37, 'Cel'],
    [5.4, 'mg', 0.0054, 'g'],
    [60, '/min', 1, 'Hz'],
    [120, 'mm[Hg]', 15.99864, 'kPa'],
    [36, '%', 0.36, '1'],
    [72, '{beats}/min', 1.2, '/s'],
  ])('%p %s is %p %s', (value, unit, other, otherUnit) => {
    const one = canonicalUnit(unit)!;
    const two = canonicalUnit(otherUnit)!;
    expect(one.unit).toBe(two.unit);
    expect(toCanonicalValue(value, one)).toBe(toCanonicalValue(other, two));
  });

  it.each([
    '',
    'bpm',
    '[IU]',
    '[IU]/L',
    '[pH]',
    "[p'diop]",
    'B',
    'no unit',
    'constructor',
    '__proto__',
    '()',
    '(',
    'm'.repeat(100),
    '10*400',
    'mg\u0000',
  ])('%p has no canonical form', (unit) => expect(canonicalUnit(unit)).toBeUndefined());

  it('holds no more units than it may, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12, unit: fc.constantFrom(...'mgL/.[]{}1*-^%'.split('')) }),
        (unit) => void canonicalUnit(unit),
      ),
      propertyRuns(300),
    );
  });
});
