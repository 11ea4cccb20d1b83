import { describe, expect, it } from '@jest/globals';
import { parse } from './parsed.fixture.js';

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
    ['Patient?_filter=name eq "x"', 'not-supported', 'filter expressions'],
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
    ['Patient?_sort:desc=birthdate', 'not-supported', 'no modifier; descending is written as'],
    ['Patient?_count:exact=1', 'not-supported', 'no modifier'],
    ['Patient?_summary:not=true', 'not-supported', 'no modifier'],
    ['Patient?_elements:iterate=name', 'not-supported', 'no modifier'],
    ['Patient?_include:iterate:exact=Patient:link', 'not-supported', ':iterate'],
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

it.each(['_filter=id eq "x"', '_query=all'])('%s is refused when lenient, too: it says what is found', (parameter) => {
  expect(parse(`Patient?${parameter}`, { handling: 'lenient' })).toMatchObject({ kind: 'refused' });
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
