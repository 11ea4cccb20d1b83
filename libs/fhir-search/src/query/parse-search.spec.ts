import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { searchParameters } from '../definitions/search-parameters.js';
import { conditionsKey } from './conditions-key.js';
import { escape, splitAt, unescape } from './escapes.js';
import { parseCriteria } from './parse-criteria.js';
import { parseSearch, type ParsedSearch, type SearchOptions } from './parse-search.js';
import type { Condition, SearchQuery } from './search-query.js';

const options: SearchOptions = {
  handling: 'strict',
  maxCount: 1000,
  defaultCount: 50,
  ownBases: ['https://us.example/fhir/r4'],
  now: Date.UTC(2026, 0, 1),
};

/** `Type?name=value&…`, not encoded. */
function parse(search: string, more: Partial<SearchOptions> = {}): ParsedSearch {
  const [type = '', text = ''] = search.split(/\?(.*)/s);
  const parameters =
    text === ''
      ? []
      : text.split('&').map((one) => {
          const at = one.indexOf('=');
          return { name: one.slice(0, at), value: one.slice(at + 1) };
        });
  return parseSearch(type, parameters, { ...options, ...more });
}

function query(search: string, more?: Partial<SearchOptions>): SearchQuery {
  const parsed = parse(search, more);
  if (parsed.kind !== 'ok') throw new Error(parsed.issues[0]?.diagnostics);
  return parsed.query;
}

function condition(search: string): Condition | undefined {
  return query(search).conditions[0];
}

describe('conditions of a search', () => {
  it.each<[string, object]>([
    [
      'Observation?code=http://loinc.org|8867-4,x',
      { kind: 'token', not: false, values: [{ system: 'http://loinc.org', code: '8867-4' }, { code: 'x' }] },
    ],
    ['Patient?identifier=|1', { values: [{ system: '', code: '1' }] }],
    ['Patient?identifier=s|', { values: [{ system: 's' }] }],
    [String.raw`Patient?identifier=a\,b\|c\\`, { values: [{ code: String.raw`a,b|c\ `.trim() }] }],
    ['Observation?code:not=x', { kind: 'token', not: true }],
    ['Observation?code:text=Héart  RATE', { kind: 'tokenText', values: ['heart rate'] }],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|male', { values: [{ code: 'male' }] }],
    ['Patient?gender=http://other.example|male', { values: [{ system: 'http://other.example', code: 'male' }] }],
    [
      'Patient?gender:not=http://hl7.org/fhir/administrative-gender|',
      { kind: 'missing', parameter: 'gender', missing: true },
    ],
    ['Medication?lot-number=LOT-a', { values: [{ code: 'lot-a' }] }],
    ['Patient?active=http://hl7.org/fhir/special-values|true', { values: [{ code: 'true' }] }],
    ['Patient?active=true', { values: [{ code: 'true' }] }],
    ['Patient?name=Müller', { kind: 'string', match: 'starts', values: ['muller'] }],
    ['Patient?name:exact=Müller', { kind: 'string', match: 'exact', values: ['Müller'] }],
    ['Patient?name:contains=.*(', { kind: 'string', match: 'contains', values: ['.*('] }],
    [
      'Patient?birthdate=2020-02',
      { kind: 'date', values: [{ prefix: 'eq', from: Date.UTC(2020, 1, 1), to: Date.UTC(2020, 2, 1) - 1 }] },
    ],
    ['Patient?birthdate=ge2020-02-29,lt1970', { kind: 'date', values: [{ prefix: 'ge' }, { prefix: 'lt' }] }],
    [
      'Observation?date=2020-01-01T10:00:00 02:00',
      { values: [{ from: Date.UTC(2020, 0, 1, 8), to: Date.UTC(2020, 0, 1, 8) + 999 }] },
    ],
    ['Observation?_lastUpdated=gt2020', { kind: 'lastUpdated', values: [{ prefix: 'gt' }] }],
    ['Observation?_id=a,b', { kind: 'id', values: ['a', 'b'], not: false }],
    [
      'RiskAssessment?probability=100',
      { kind: 'number', values: [{ prefix: 'eq', value: 100, low: 99.5, high: 100.5 }] },
    ],
    ['RiskAssessment?probability=100.00', { values: [{ low: 99.995, high: 100.005 }] }],
    ['RiskAssessment?probability=1e2', { values: [{ low: 95, high: 105 }] }],
    ['RiskAssessment?probability=5.40e-3', { values: [{ low: 0.005395, high: 0.005405 }] }],
    ['RiskAssessment?probability=lt-0.5', { values: [{ prefix: 'lt', value: -0.5 }] }],
    ['RiskAssessment?probability=ap100', { values: [{ prefix: 'ap', low: 90, high: 110 }] }],
    [
      'Observation?value-quantity=5.4|http://unitsofmeasure.org|mg',
      { kind: 'quantity', values: [{ value: 0.0054, low: 0.00535, high: 0.00545, canonical: 'g', code: 'mg' }] },
    ],
    ['Observation?value-quantity=5.4||mg', { values: [{ value: 5.4, code: 'mg' }] }],
    ['Observation?value-quantity=gt5.4', { values: [{ prefix: 'gt', value: 5.4 }] }],
    ['Observation?subject=Patient/1', { kind: 'reference', values: [{ kind: 'local', type: 'Patient', id: '1' }] }],
    ['Observation?subject=1', { values: [{ kind: 'local', id: '1' }] }],
    ['Observation?patient=1', { values: [{ kind: 'local', type: 'Patient', id: '1' }] }],
    ['Observation?subject:Patient=1', { values: [{ kind: 'local', type: 'Patient', id: '1' }] }],
    [
      'Observation?subject=http://us.example/fhir/r4/Patient/1',
      { values: [{ kind: 'local', type: 'Patient', id: '1' }, { kind: 'url' }] },
    ],
    [
      'Observation?subject=HTTPS://US.Example/fhir/r4/Patient/1',
      { values: [{ kind: 'local', type: 'Patient', id: '1' }, { kind: 'url' }] },
    ],
    [
      'Observation?subject=https://else.example/Patient/1',
      { values: [{ kind: 'url', url: 'https://else.example/Patient/1' }] },
    ],
    ['Observation?subject:identifier=s|1', { values: [{ kind: 'identifier', token: { system: 's', code: '1' } }] }],
    ['ValueSet?url:below=http://x.example/a', { kind: 'uri', match: 'below' }],
    ['ValueSet?url=urn:oid:1.2', { kind: 'uri', match: 'equal', values: ['urn:oid:1.2'] }],
    ['Observation?code:missing=true', { kind: 'missing', parameter: 'code', type: 'token', missing: true }],
    [
      'Observation?code-value-quantity=http://loinc.org|1$gt5',
      {
        kind: 'composite',
        values: [
          [
            { kind: 'token', parameter: 'code', values: [{ system: 'http://loinc.org', code: '1' }] },
            { kind: 'quantity', parameter: 'value-quantity', values: [{ prefix: 'gt', value: 5 }] },
          ],
        ],
      },
    ],
    [
      'Observation?subject:Patient.name=x',
      {
        kind: 'chain',
        parameter: 'subject',
        targets: [{ type: 'Patient', condition: { kind: 'string', values: ['x'] } }],
      },
    ],
    [
      'Observation?patient._id=x',
      { kind: 'chain', targets: [{ type: 'Patient', condition: { kind: 'id', values: ['x'] } }] },
    ],
    [
      'Patient?_has:Observation:patient:code:not=x',
      { kind: 'has', type: 'Observation', parameter: 'patient', condition: { kind: 'token', not: true } },
    ],
  ])('%s', (search, expected) => expect(condition(search)).toMatchObject(expected));

  it('follows a chain without a type to each type that has the parameter', () => {
    const chain = condition('Observation?subject.name=x') as Extract<Condition, { kind: 'chain' }>;
    expect(chain.targets.map((one) => one.type).sort()).toEqual(['Location', 'Patient']);
  });
});

describe('refused values', () => {
  it.each<[string, string, string]>([
    ['Patient?birthdate=2026-02-30', 'value', 'no date'],
    ['Patient?birthdate=2026-13', 'value', 'no date'],
    ['Patient?birthdate=tomorrow', 'value', 'no date'],
    ['Patient?birthdate=2026-01-01T25:00:00Z', 'value', 'no date'],
    ['RiskAssessment?probability=abc', 'value', 'no number'],
    ['RiskAssessment?probability=1e999', 'value', 'no number'],
    ['Observation?value-quantity=5|mg', 'value', 'no quantity'],
    ['Observation?code-value-quantity=a', 'value', '1 part(s); 2'],
    ['Observation?code-value-quantity=a$5$6', 'value', '3 part(s); 2'],
    ['Observation?code-value-quantity=$5', 'value', 'empty'],
    ['Observation?code=a|b|c', 'value', 'more than one |'],
    ['Observation?code=|', 'value', 'empty'],
    ['Observation?code=a,,b', 'value', 'empty'],
    [String.raw`Patient?name:contains=\d+`, 'value', 'stands before'],
    ['Patient?name=a\\', 'value', 'stands before'],
    ['Patient?_query=all', 'not-supported', 'named queries'],
    ['Observation?code=a\u0000', 'value', 'NUL'],
    ['Observation?code=\ud800', 'value', 'surrogate'],
    ['Patient?active=yes', 'value', 'true or false'],
    ['Observation?code:missing=maybe', 'value', 'true or false'],
    ['Observation?subject=Patient/', 'value', 'no reference'],
    ['Observation?subject=Nothing/1', 'value', 'no resource type'],
    ['Observation?subject:Practitioner=1', 'value', 'no Practitioner'],
    ['Observation?subject:Patient=Group/1', 'value', 'another type'],
    ['Observation?_id=a/b', 'value', 'no id'],
    ['Observation?code:in=http://x.example', 'not-supported', 'value sets'],
    ['Patient?identifier:of-type=a|b', 'value', 'system|code|value'],
    ['Patient?identifier:of-type=a||c', 'value', 'none of them empty'],
    ['Patient?gender:of-type=a|b|c', 'not-supported', 'for identifiers'],
    ['Observation?code:below=x', 'not-supported', 'code systems are not kept here'],
    ['Observation?code:above=x', 'not-supported', 'code systems are not kept here'],
    ['Observation?code:exact=x', 'not-supported', 'it takes :not, :text, :missing'],
    ['Observation?code:constructor=x', 'not-supported', 'modifier'],
    ['Patient?birthdate:exact=2020', 'not-supported', 'modifier'],
    ['ValueSet?url:below=urn:oid:1.2', 'value', 'urn'],
    ['Observation?subject.general-practitioner.name=x', 'not-supported', 'one reference only'],
    ['Patient?_has:Observation:patient:_has:Provenance:target:agent=x', 'not-supported', 'one reference only'],
    ['Patient?_has:Observation:code:code=x', 'value', 'does not refer'],
    ['Patient?_has:Observation:patient=x', 'value', '_has:Type'],
    ['Observation?code.name=x', 'not-supported', 'only reference parameters'],
    ['Task?focus.identifier=x', 'too-costly', 'name one'],
    ['Patient?_count=-1', 'value', 'whole number'],
    ['Patient?_count=ten', 'value', 'whole number'],
    ['Patient?_count=1&_count=2', 'value', 'twice'],
    ['Patient?_total=some', 'value', 'one of'],
    ['Patient?_summary=maybe', 'value', 'one of'],
    ['Patient?_include=Patient', 'value', 'Type:reference'],
    ['Patient?_include:recurse=Patient:link', 'not-supported', ':iterate'],
    ['Patient?_summary=text&_revinclude=Provenance:target', 'not-supported', 'does not go together'],
    ['Patient?_contained=both', 'not-supported', 'contained'],
    [`Patient?name=${'x'.repeat(1_000_000)}`, 'value', 'longer than'],
    [`Patient?_id=${'x,'.repeat(1000)}x`, 'too-costly', 'more than 1000 values'],
  ])('%.60s', (search, code, why) => {
    const parsed = parse(search, { handling: 'lenient' });
    expect(parsed).toMatchObject({
      kind: 'refused',
      issues: [
        {
          severity: 'error',
          code,
          diagnostics: expect.stringContaining(why),
          expression: [expect.stringMatching(/^http\./)],
        },
      ],
    });
  });

  it('refuses more than a hundred parameters', () => {
    expect(parse(`Patient?${'name=x&'.repeat(100)}name=x`)).toMatchObject({ kind: 'refused' });
  });

  it('names each parameter that is not right', () => {
    const parsed = parse('Patient?birthdate=x&_count=-1&name=ok');
    expect(parsed.kind === 'refused' && parsed.issues.map((one) => one.expression)).toEqual([
      ['http.birthdate'],
      ['http._count'],
    ]);
  });

  it('quotes no value', () => {
    const parsed = parse('Patient?birthdate=Smith&Schmidt=1');
    expect(JSON.stringify(parsed)).not.toContain('Smith');
  });
});

describe('parameters that are not known', () => {
  it.each([
    'nothing=1',
    'constructor=1',
    '__proto__=1',
    'hasOwnProperty=x',
    '_text=x',
    '_content=x',
    'near=1',
    '_sort=nothing',
    '_include=Patient:nothing',
    '_elements=nothing',
    'subject.nothing=1',
  ])('%s: refused when strict, left out when lenient', (parameter) => {
    const type = parameter.startsWith('subject') ? 'Observation' : 'Patient';
    expect(parse(`${type}?${parameter}&_id=a`)).toMatchObject({ kind: 'refused', issues: [{ code: 'not-supported' }] });
    const lenient = parse(`${type}?${parameter}&_id=a`, { handling: 'lenient' });
    expect(lenient).toMatchObject({
      kind: 'ok',
      ignored: [parameter.split('=')[0]],
      query: { used: [{ name: '_id', value: 'a' }] },
    });
    expect(lenient.kind === 'ok' && lenient.query.conditions).toHaveLength(1);
  });
});

describe('what a search says of its answer', () => {
  it('takes order, page, totals, elements and includes', () => {
    expect(
      query(
        'Observation?_sort=-date,_id&_count=5000&_total=none&_summary=false&_elements=status,value&_include=Observation:subject:Patient&_include:iterate=Patient:*&_revinclude=Provenance:target&_cursor=abc&_format=json',
      ),
    ).toMatchObject({
      sort: [
        { parameter: 'date', type: 'date', descending: true },
        { parameter: '_id', type: 'token', descending: false },
      ],
      count: 1000,
      total: 'none',
      elements: ['status', 'value'],
      cursor: 'abc',
      includes: [
        { reverse: false, source: 'Observation', parameter: 'subject', target: 'Patient', iterate: false },
        { reverse: false, source: 'Patient', parameter: '*', iterate: true },
        { reverse: true, source: 'Provenance', parameter: 'target', iterate: false },
      ],
    });
  });

  it('ignores an empty parameter, and says so', () => {
    expect(parse('Patient?name=&_count=&gender:not=&family=x')).toMatchObject({
      kind: 'ok',
      ignored: ['name', '_count', 'gender:not'],
      query: { conditions: [{ kind: 'string' }], used: [{ name: 'family', value: 'x' }] },
    });
  });

  it('takes the version that stands behind a url for one of its own', () => {
    expect(query('ValueSet?url=http://x.example/v|1.2').conditions).toMatchObject([
      { kind: 'uri', parameter: 'url', values: ['http://x.example/v'] },
      { kind: 'token', parameter: 'version', values: [{ code: '1.2' }] },
    ]);
    expect(query(String.raw`ValueSet?url=http://x.example/v\|1.2`).conditions).toHaveLength(1);
  });

  it('has defaults', () => {
    expect(query('Patient')).toMatchObject({
      sort: [],
      count: 50,
      total: 'accurate',
      summary: 'false',
      elements: [],
      includes: [],
      used: [],
    });
    expect(query('Patient?_count=0').count).toBe(0);
  });
});

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
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const values = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
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
