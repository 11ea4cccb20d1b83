import { describe, expect, it } from '@jest/globals';
import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { searchValuesOf } from '../extract/search-values-of.js';
import { parseSearch } from '../query/parse-search.js';
import { matches, type Match } from './matches.js';
import { referencesBy } from './references-by.js';

function read(resource: object): JsonObject {
  const parsed = parseJson(JSON.stringify(resource));
  if (!parsed.ok) throw new Error(parsed.error.diagnostics);
  return parsed.value as JsonObject;
}

function meets(resource: object, text: string): Match {
  const one = read(resource);
  const parameters = text.split('&').map((written) => {
    const at = written.indexOf('=');
    return { name: written.slice(0, at), value: written.slice(at + 1) };
  });
  const parsed = parseSearch(one['resourceType'] as string, parameters, {
    handling: 'strict',
    maxCount: 10,
    defaultCount: 10,
    ownBases: ['http://us.example'],
    now: Date.UTC(2026, 0, 1),
  });
  if (parsed.kind !== 'ok') throw new Error(parsed.issues[0]?.diagnostics);
  return matches(one, searchValuesOf(one), parsed.query.conditions);
}

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: {
    lastUpdated: '2025-06-01T12:00:00.500Z',
    profile: ['http://x.example/P|2'],
    tag: [{ system: 't', code: 'demo' }],
  },
  identifier: [
    { system: 'urn:mrn', value: '12,3' },
    { value: 'bare', type: { text: 'Führerschein' } },
  ],
  active: true,
  name: [{ family: 'Müller-Lüdenscheidt', given: ['Ána  María', 'X'], text: 'Frau Müller' }],
  telecom: [
    { system: 'phone', value: '+49 1' },
    { system: 'email', value: 'a@b.example' },
  ],
  gender: 'female',
  birthDate: '1970-03',
  address: [{ city: 'Köln', postalCode: '50667' }],
  generalPractitioner: [
    { reference: 'Practitioner/d1' },
    { identifier: { system: 'urn:lanr', value: '7' } },
    { reference: '#c' },
  ],
  managingOrganization: { reference: 'https://else.example/Organization/9' },
};

const pressure = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure panel' }], text: 'BP' },
  subject: { reference: 'Patient/p1/_history/3' },
  effectivePeriod: { start: '2020-01-01T10:00:00Z', end: '2020-01-02' },
  component: [
    {
      code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
      valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    },
    {
      code: { coding: [{ system: 'http://loinc.org', code: '8462-4' }] },
      valueQuantity: { value: 80, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    },
  ],
};

const risk = {
  resourceType: 'RiskAssessment',
  status: 'final',
  subject: { reference: 'Patient/p1' },
  prediction: [{ probabilityRange: { low: { value: 10 }, high: { value: 20 } } }, { probabilityDecimal: 0.5 }],
};

describe('a resource and a search', () => {
  it.each<[object, string, Match]>([
    [patient, '_id=p1', 'yes'],
    [patient, '_id=x,p1', 'yes'],
    [patient, '_id:not=p1', 'no'],
    [patient, '_lastUpdated=2025-06', 'yes'],
    [patient, '_lastUpdated=gt2025-06-01', 'no'],
    [patient, '_lastUpdated=ge2025-06-01T12:00:00.500Z', 'yes'],
    [patient, '_profile=http://x.example/P', 'yes'],
    [patient, '_profile=http://x.example/P|2', 'yes'],
    [patient, '_profile=http://x.example/P|3', 'no'],
    [patient, '_tag=t|demo', 'yes'],
    [patient, '_tag:not=t|demo', 'no'],
    [patient, String.raw`identifier=urn:mrn|12\,3`, 'yes'],
    [patient, 'identifier=|bare', 'yes'],
    [patient, String.raw`identifier=|12\,3`, 'no'],
    [patient, 'identifier=urn:mrn|', 'yes'],
    [patient, 'identifier:text=fuhrer', 'yes'],
    [patient, 'name=mull', 'yes'],
    [patient, 'name=Ana maria', 'yes'],
    [patient, 'name=maria', 'no'],
    [patient, 'name:contains=MARIA', 'yes'],
    [patient, 'name:contains=.', 'no'],
    [patient, 'family:exact=Müller-Lüdenscheidt', 'yes'],
    [patient, 'family:exact=müller-lüdenscheidt', 'no'],
    [patient, 'family=ludenscheidt', 'yes'],
    [patient, 'name=lüdenscheidt', 'yes'],
    [patient, 'family:exact=Lüdenscheidt', 'no'],
    [{ resourceType: 'Medication', batch: { lotNumber: 'LOT-1' } }, 'lot-number=lot-1', 'yes'],
    [patient, 'address=koln', 'yes'],
    [patient, 'address-postalcode=506', 'yes'],
    [patient, 'phone=+49 1', 'yes'],
    [patient, 'email=a@b.example', 'yes'],
    [patient, 'phone=a@b.example', 'no'],
    [patient, 'telecom=a@b.example', 'yes'],
    [patient, 'active=true', 'yes'],
    [patient, 'deceased=false', 'yes'],
    [{ ...patient, deceasedDateTime: '2020' }, 'deceased=true', 'yes'],
    [{ ...patient, deceasedBoolean: false }, 'deceased=false', 'yes'],
    [patient, 'gender=http://hl7.org/fhir/administrative-gender|female', 'yes'],
    [patient, 'gender=|female', 'yes'],
    [patient, 'gender=http://else.example|female', 'no'],
    [patient, 'gender:not=male', 'yes'],
    [patient, 'birthdate=1970', 'yes'],
    [patient, 'birthdate=1970-03-01', 'no'],
    [patient, 'birthdate=ap1971', 'yes'],
    [patient, 'birthdate=ne1970-04', 'yes'],
    [patient, 'general-practitioner=d1', 'yes'],
    [patient, 'general-practitioner=Practitioner/d1', 'yes'],
    [patient, 'general-practitioner=http://us.example/Practitioner/d1', 'yes'],
    [patient, 'general-practitioner:Organization=d1', 'no'],
    [patient, 'general-practitioner:identifier=urn:lanr|7', 'yes'],
    [patient, 'general-practitioner:not=d1', 'no'],
    [patient, 'organization=https://else.example/Organization/9', 'yes'],
    [patient, 'organization=Organization/9', 'no'],
    [patient, 'link:missing=true', 'yes'],
    [patient, 'name:missing=true', 'no'],
    [patient, 'organization.name=x', 'needs-store'],
    [patient, 'organization.name=x&active=false', 'no'],
    [patient, '_has:Observation:patient:code=x', 'needs-store'],
    [pressure, 'code:text=pressure', 'yes'],
    [pressure, 'code:text=bp', 'yes'],
    [pressure, 'patient=p1', 'yes'],
    [pressure, 'date=2020-01', 'yes'],
    [pressure, 'date=2020-01-01', 'no'],
    [pressure, 'date=ge2020-01-02', 'no'],
    [pressure, 'date=gt2020-01-01', 'yes'],
    [pressure, 'date=sa2019', 'yes'],
    [pressure, 'date=eb2020-01-03', 'yes'],
    [pressure, 'component-value-quantity=120|http://unitsofmeasure.org|mm[Hg]', 'yes'],
    [pressure, 'component-value-quantity=16.0|http://unitsofmeasure.org|kPa', 'yes'],
    [pressure, 'component-value-quantity=gt16|http://unitsofmeasure.org|kPa', 'no'],
    [pressure, 'component-value-quantity=120||mmHg', 'yes'],
    [pressure, 'component-value-quantity=120', 'yes'],
    [pressure, 'component-value-quantity=120|http://unitsofmeasure.org|Cel', 'no'],
    [pressure, 'component-code-value-quantity=http://loinc.org|8480-6$gt100', 'yes'],
    [pressure, 'component-code-value-quantity=8462-4$gt100', 'no'],
    [pressure, 'combo-code-value-quantity=8462-4$80', 'yes'],
    [pressure, 'code-value-quantity=8462-4$80', 'no'],
    [pressure, 'component-value-quantity=120|http://unitsofmeasure.org|mmHg', 'no'],
    [{ resourceType: 'ValueSet', url: 'http://x.example/a/b' }, 'url:below=http://x.example/a/', 'yes'],
    [{ resourceType: 'ValueSet', url: 'http://x.example/a/b' }, 'url:below=http://x.example/a', 'yes'],
    [{ resourceType: 'ValueSet', url: 'http://x.example/ab' }, 'url:below=http://x.example/a', 'no'],
    [{ resourceType: 'ValueSet', url: 'http://x.example/a/' }, 'url:above=http://x.example/a/b', 'yes'],
    [{ resourceType: 'ValueSet', url: 'http://x.example/a/b' }, 'url:above=http://x.example/a', 'no'],
    [{ ...pressure, effectivePeriod: { end: '2020' } }, 'date=lt1066', 'yes'],
    [{ ...pressure, effectivePeriod: { start: '2020' } }, 'date=gt3000', 'yes'],
    [{ ...pressure, effectivePeriod: {} }, 'date:missing=true', 'yes'],
    [{ ...pressure, valueQuantity: { value: 5, comparator: '<' } }, 'value-quantity=lt1', 'yes'],
    [{ ...pressure, valueQuantity: { value: 5, comparator: '<' } }, 'value-quantity=gt6', 'no'],
    [{ ...pressure, valueQuantity: { value: 5, comparator: '>' } }, 'value-quantity=gt6', 'yes'],
    [{ ...pressure, subject: { identifier: { value: '1' } } }, 'patient:identifier=1', 'yes'],
    [{ ...pressure, subject: { identifier: { value: '1' }, type: 'Group' } }, 'patient:identifier=1', 'no'],
    [{ ...pressure, subject: { reference: 'urn:uuid:1', type: 'Patient' } }, 'patient=urn:uuid:1', 'yes'],
    [{ ...pressure, subject: { reference: 'urn:uuid:1' } }, 'patient=urn:uuid:1', 'no'],
    [{ ...pressure, subject: { reference: '#p' } }, 'subject:missing=true', 'yes'],
    [
      { resourceType: 'Condition', onsetRange: { low: { value: 1, code: 'a' }, high: { value: 3, code: 'mo' } } },
      'onset-age:missing=true',
      'yes',
    ],
    [
      { resourceType: 'Condition', onsetRange: { low: { value: 1, code: 'a' }, high: { value: 3, code: 'a' } } },
      'onset-age=gt2||a',
      'yes',
    ],
    [
      { resourceType: 'Invoice', totalNet: { value: 9.5, currency: 'EUR' } },
      'totalnet=9.5|urn:iso:std:iso:4217|EUR',
      'yes',
    ],
    [{ resourceType: 'Task', executionPeriod: { start: '2020-01-01' } }, 'period=ge2020', 'yes'],
    [risk, 'probability=0.5', 'yes'],
    [risk, 'probability=0.51', 'no'],
    [risk, 'probability=gt19', 'yes'],
    [risk, 'probability=gt20', 'no'],
    [risk, 'probability=sa5', 'yes'],
    [risk, 'probability=sa10', 'no'],
  ])('%#: %s', (resource, text, expected) =>
    expect({ text, answer: meets(resource, text) }).toEqual({ text, answer: expected }),
  );

  it('has no token for a text that a display says already', () => {
    const code = { coding: [{ code: 'x', display: 'Heart  RATE' }], text: 'Heart rate' };
    expect(
      searchValuesOf(read({ resourceType: 'Observation', code })).tokens.filter((one) => one.parameter === 'code'),
    ).toEqual([{ parameter: 'code', system: '', code: 'x', text: 'heart rate' }]);
  });

  it('knows who is in the compartment of a patient', () => {
    const one = read(pressure);
    const inside = { kind: 'compartment' as const, patient: 'p1', parameters: ['subject', 'performer'] };
    expect(matches(one, searchValuesOf(one), [inside])).toBe('yes');
    expect(matches(one, searchValuesOf(one), [{ ...inside, patient: 'p2' }])).toBe('no');
    expect(matches(read(patient), searchValuesOf(read(patient)), [{ ...inside, parameters: ['link'] }])).toBe('yes');
  });

  it('follows includes to local references', () => {
    const one = read(patient);
    const include = { reverse: false, source: 'Patient', parameter: '*', iterate: false };
    expect(referencesBy(one, include, searchValuesOf(one))).toEqual([{ type: 'Practitioner', id: 'd1' }]);
    expect(referencesBy(one, { ...include, target: 'Organization' }, searchValuesOf(one))).toEqual([]);
    expect(referencesBy(one, { ...include, source: 'Observation' }, searchValuesOf(one))).toEqual([]);
    expect(referencesBy(one, { ...include, reverse: true }, searchValuesOf(one))).toEqual([]);
  });
});
