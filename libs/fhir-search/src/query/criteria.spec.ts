import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText, propertyRuns } from '#libs/testing/properties';
import { searchParameters } from '../definitions/search-parameters.js';
import { conditionsKey } from './conditions-key.js';
import { escape, splitAt, unescape } from './values/escapes.js';
import { parseCriteria } from './parse-criteria.js';
import { parseSearch } from './parse-search.js';
import type { Condition } from './search-query.js';
import { options, query, condition } from './parsed.fixture.js';

describe('keys of conditions', () => {
  it('are equal for what means the same, and only for that', () => {
    const key = (search: string): string => conditionsKey(query(search));
    expect(key('Patient?name=A,b&active=true')).toBe(key('Patient?active=true&name=b,a,A&_count=3'));
    expect(key('Patient?identifier=a|b')).not.toBe(key('Patient?identifier=b|a'));
    expect(key('Patient?identifier=a,b')).not.toBe(key('Patient?identifier=a&identifier=b'));
    expect(key('Patient?name=a')).not.toBe(key('Patient?name:exact=a'));
    expect(key('Patient?name=a')).not.toBe(key('Patient?family=a'));
  });
});

describe('numbers of more digits than a double has', () => {
  it.each([
    '9007199254740993',
    '9007199254740997',
    '0.12345678901234567',
    '123456789.012345678',
    '1e300',
    '0',
    '-9007199254740997',
  ])('%s: the range has the number in it', (text) => {
    for (const search of [
      `RiskAssessment?probability=${text}`,
      `Observation?value-quantity=${text}|http://unitsofmeasure.org|mg/dL`,
    ]) {
      const { low, value, high } = (condition(search) as Extract<Condition, { kind: 'quantity' }>).values[0]!;
      expect({ text, isWithin: low <= value && value < high }).toEqual({ text, isWithin: true });
    }
  });
});

describe('criteria', () => {
  /** `name=value&…`, not encoded. */
  function criteria(text: string): ReturnType<typeof parseCriteria> {
    const parameters = (text === '' ? [] : text.split('&')).map((one) => {
      const [name = '', value = ''] = one.split('=');
      return { name, value };
    });
    return parseCriteria('Observation', parameters, options);
  }

  it('are the conditions of a search, with a key for what means the same', () => {
    const one = criteria('category=a,b&code=x');
    expect(one).toMatchObject({ kind: 'ok', conditions: [{ kind: 'token' }, { kind: 'token' }] });
    expect(criteria('code=x,x&category=b,a')).toMatchObject({ kind: 'ok', key: one.kind === 'ok' ? one.key : '' });
  });

  it.each([
    '',
    'category=',
    'category=a&code=',
    'category=a&nothing=x',
    '_count=5',
    '_include:iterate=*',
    '_format=json',
    'category=a&_cursor=x',
    '_summary=',
    '_query=x',
  ])('%p would mean more than it says: refused', (text) => expect(criteria(text).kind).toBe('refused'));
});

describe('escapes', () => {
  const texts = fc
    .array(fc.constantFrom('a', ',', '$', '|', '\\', 'é', '\ud83d\ude00'), { maxLength: 12 })
    .map((one) => one.join(''));
  it('make any text a value, whatever stands beside it', () => {
    fc.assert(
      fc.property(
        fc.array(texts, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(',', '$', '|'),
        (parts, separator) => {
          const written = parts.map(escape).join(separator);
          expect(splitAt(written, separator as ',').map(unescape)).toEqual(parts);
        },
      ),
      propertyRuns(300),
    );
  });
});

describe('any request', () => {
  const names = fc.oneof(
    fc.constantFrom(
      ...searchParameters('Observation').keys(),
      '_has:Observation:patient:code',
      '_sort',
      '_include',
      'subject.name',
      'constructor',
    ),
    anyText(20),
  );
  const values = fc.oneof(
    anyText(30),
    fc
      .array(
        fc.constantFrom(
          'ge',
          '2020-01-01',
          '|',
          '$',
          ',',
          '\\',
          '1e5',
          '-',
          'Patient/1',
          '(a+)+$',
          ':',
          '*',
          'http://unitsofmeasure.org',
          'mg',
        ),
        { maxLength: 8 },
      )
      .map((one) => one.join('')),
  );
  const modifiers = fc.constantFrom(
    '',
    ':not',
    ':exact',
    ':missing',
    ':Patient',
    ':identifier',
    ':__proto__',
    ':below',
    ':text',
  );
  it('gets an answer, the same twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Observation', 'Patient', '__proto__'),
        fc.array(fc.record({ name: names, modifier: modifiers, value: values }), { maxLength: 5 }),
        fc.constantFrom('strict' as const, 'lenient' as const),
        (type, list, handling) => {
          const parameters = list.map(({ name, modifier, value }) => ({ name: `${name}${modifier}`, value }));
          const parsed = parseSearch(type, parameters, { ...options, handling });
          expect(parseSearch(type, parameters, { ...options, handling })).toEqual(parsed);
          if (parsed.kind === 'ok') expect(conditionsKey(parsed.query).length).toBeGreaterThan(0);
          else expect(parsed.issues.length).toBeGreaterThan(0);
        },
      ),
      propertyRuns(500),
    );
  });
});
