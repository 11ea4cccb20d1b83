import { describe, expect, it } from '@jest/globals';
import type { Condition } from './search-query.js';
import { parse, query, condition } from './parsed.fixture.js';

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
