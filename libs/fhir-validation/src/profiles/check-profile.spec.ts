import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/domain/fhir';
import { validate } from '../index.js';
import { patient, race, said, US_CORE } from './check-profile.fixture.js';

const HL7 = 'http://hl7.org/fhir/StructureDefinition';

const coding = (system: string, code: string): object => ({ coding: [{ system, code }] });

const quantity = (value: number, code: string): object => ({
  value,
  unit: code,
  system: 'http://unitsofmeasure.org',
  code,
});

const category = [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')];

const weight = {
  resourceType: 'Observation',
  meta: { profile: [`${HL7}/bodyweight`] },
  status: 'final',
  category,
  code: coding('http://loinc.org', '29463-7'),
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2026-02-28',
  valueQuantity: quantity(70, 'kg'),
};

const pressure = {
  ...weight,
  meta: { profile: [`${HL7}/bp`] },
  code: coding('http://loinc.org', '85354-9'),
  valueQuantity: undefined,
  component: [
    { code: coding('http://loinc.org', '8480-6'), valueQuantity: quantity(120, 'mm[Hg]') },
    { code: coding('http://loinc.org', '8462-4'), valueQuantity: quantity(80, 'mm[Hg]') },
  ],
};

const NULL_FLAVOR = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

/** Race or ethnicity of which nothing is known, as US Core 5.0.1 lets a sender say it. */
const unknown = (what: 'race' | 'ethnicity', code: string): object => ({
  url: `${US_CORE}/us-core-${what}`,
  extension: [
    { url: 'ombCategory', valueCoding: { system: NULL_FLAVOR, code } },
    { url: 'text', valueString: 'Unknown' },
  ],
});

/** As R4's profiles fix them, zero-width spaces included. */
const LIPID = {
  cholesterol: { code: '35200-5', display: 'Cholesterol [Moles/\u200bvolume] in Serum or Plasma' },
  triglyceride: { code: '35217-9', display: 'Triglyceride [Moles/\u200bvolume] in Serum or Plasma' },
  hdl: { code: '2085-9', display: 'HDL Cholesterol' },
  panel: { system: 'http://loinc.org', code: '57698-3', display: 'Lipid panel with direct LDL - Serum or Plasma' },
};

describe('a claimed profile', () => {
  it.each([
    ['body weight', weight],
    ['body weight of a period', { ...weight, effectiveDateTime: undefined, effectivePeriod: { start: '2026' } }],
    ['body weight that is not measured', { ...weight, valueQuantity: undefined, dataAbsentReason: { text: 'x' } }],
    ['blood pressure', pressure],
    ['US Core patient', patient],
    ['US Core patient without a race', { ...patient, extension: undefined }],
    ['US Core patient of unknown race', { ...patient, extension: [unknown('race', 'UNK')] }],
    ['US Core patient of unknown ethnicity', { ...patient, extension: [unknown('ethnicity', 'UNK')] }],
    ['US Core patient who did not say their ethnicity', { ...patient, extension: [unknown('ethnicity', 'ASKU')] }],
    ['the same profile twice', { ...weight, meta: { profile: [`${HL7}/bodyweight`, `${HL7}/bodyweight|4.0.1`] } }],
    ['more categories', { ...weight, category: [...category, { text: 'x' }] }],
  ])('is fulfilled by %s', (_, resource) => expect(said(resource)).toEqual([]));

  it.each([
    ['a category', { ...weight, category: undefined }, 'error required Observation.category'],
    ['its slice', { ...weight, category: [{ text: 'x' }] }, 'error required Observation.category'],
    ['the code', { ...weight, code: coding('http://loinc.org', '8867-4') }, 'error required Observation.code.coding'],
    ['a subject', { ...weight, subject: undefined }, 'error required Observation.subject'],
    [
      'a patient as subject',
      { ...weight, subject: { reference: 'Group/g' } },
      'error value Observation.subject.reference',
    ],
    ['a time', { ...weight, effectiveDateTime: undefined }, 'error required Observation.effective[x]'],
    ['a day (vs-1)', { ...weight, effectiveDateTime: '2026-02' }, 'error invariant Observation.effectiveDateTime'],
    [
      'a type of value',
      { ...weight, valueQuantity: undefined, valueString: 'x' },
      'error structure Observation.valueString',
    ],
    [
      'a unit',
      { ...weight, valueQuantity: quantity(70, '[stone]') },
      'error code-invalid Observation.valueQuantity.code',
    ],
    [
      'the system of units',
      { ...weight, valueQuantity: { ...quantity(70, 'kg'), system: 'http://a.example' } },
      'error value Observation.valueQuantity.system',
    ],
    ['a value or a reason (vs-2)', { ...weight, valueQuantity: undefined }, 'error invariant Observation'],
    [
      'two components',
      { ...pressure, component: pressure.component.slice(0, 1) },
      'error required Observation.component',
    ],
    [
      'the slice of a component',
      { ...pressure, component: [pressure.component[0], pressure.component[0]] },
      'error required Observation.component',
    ],
    [
      'its maximum',
      { ...pressure, component: [...pressure.component, pressure.component[1]] },
      'error structure Observation.component',
    ],
    [
      'its unit',
      {
        ...pressure,
        component: [pressure.component[0], { ...pressure.component[1], valueQuantity: quantity(1, 'kPa') }],
      },
      'error value Observation.component[1].valueQuantity.code',
    ],
    [
      'no value beside components',
      { ...pressure, valueQuantity: quantity(1, 'mm[Hg]') },
      'error structure Observation.value[x]',
    ],
    ['the type', { ...patient, meta: { profile: [`${HL7}/bp`] } }, 'error value Patient.meta.profile'],
    ['an identifier', { ...patient, identifier: undefined }, 'error required Patient.identifier'],
    [
      'parts of an identifier',
      { ...patient, identifier: [{ value: '1' }] },
      'error required Patient.identifier[0].system',
    ],
    ['a name (us-core-6)', { ...patient, name: [{ text: 'x' }] }, 'error invariant Patient'],
    ['the text of a race', { ...patient, extension: [race()] }, 'error required Patient.extension[0].extension'],
    [
      'a code of a race',
      {
        ...patient,
        extension: [
          race({ url: 'ombCategory', valueCoding: { system: 'x', code: 'y' } }, { url: 'text', valueString: 'x' }),
        ],
      },
      'error code-invalid Patient.extension[0].extension[0].valueCoding',
    ],
  ])('demands %s', (_, resource, issue) => expect(said(resource)).toContain(issue));

  it('that is not known is a warning', () => {
    const profile = ['https://a.example/p', `${HL7}/bodyweight|3.0.0`, 'constructor'];
    expect(said({ ...weight, meta: { profile } })).toEqual(
      profile.map((_, index) => `warning not-found Observation.meta.profile[${index}]`),
    );
  });

  it('is checked where it was asked for, too, and inside of bundles', () => {
    const plain = { ...weight, meta: undefined, category: undefined };
    expect(said(plain)).toEqual([]);
    expect(said(plain, [`${HL7}/bodyweight`])).toContain('error required Observation.category');
    const entry = [{ resource: { ...weight, category: undefined } }];
    expect(said({ resourceType: 'Bundle', type: 'collection', entry })).toContain(
      'error required Bundle.entry[0].resource.category',
    );
  });
});

describe('slices by what a reference points to', () => {
  const lipid = (code: string, more: object = {}): object => ({
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code, ...more }] },
    referenceRange: [{ high: quantity(4.5, 'mmol/L') }],
  });
  const CODES = [LIPID.cholesterol, LIPID.triglyceride, LIPID.hdl];
  const report = (results: readonly object[], reference = (at: number) => `#r${at}`): object => ({
    resourceType: 'DiagnosticReport',
    meta: { profile: [`${HL7}/lipidprofile`] },
    contained: results.map((one, at) => ({ ...one, id: `r${at}` })),
    status: 'final',
    code: { coding: [LIPID.panel] },
    subject: { reference: 'Patient/p' },
    result: results.map((_, at) => ({ reference: reference(at) })),
  });
  const of = (codes: readonly { code: string; display: string }[]): object[] =>
    codes.map(({ code, display }) => lipid(code, { display }));
  const ofResults = (resource: object): readonly string[] => said(resource).filter((one) => one.includes('.result'));

  it('are told apart where that is contained', () => {
    expect(ofResults(report(of(CODES)))).toEqual([]);
    expect(ofResults(report(of([CODES[1]!, CODES[0]!, CODES[2]!])))).toEqual([
      'error structure DiagnosticReport.result[1]',
    ]);
    const other = { code: '8867-4', display: 'Heart rate' };
    expect(ofResults(report(of([CODES[0]!, CODES[1]!, other])))).toEqual([
      'error structure DiagnosticReport.result[2]',
      'error required DiagnosticReport.result',
    ]);
  });

  it('are not judged where it is elsewhere', () => {
    const results = of([CODES[0]!, CODES[1]!, { code: '8867-4', display: 'x' }]);
    const elsewhere = report(results, (at) => (at === 2 ? 'Observation/x' : `#r${at}`));
    expect(ofResults(elsewhere)).toEqual([]);
  });
});

describe('the definition of a type as a profile', () => {
  const patientOf = (profile: string): object => ({ resourceType: 'Patient', meta: { profile: [profile] } });

  it.each(['Patient', 'Patient|4.0.1', 'Resource', 'DomainResource'])('holds for what is of it: %s', (name) => {
    expect(said(patientOf(`${HL7}/${name}`))).toEqual([]);
    expect(said({ resourceType: 'Patient' }, [`${HL7}/${name}`])).toEqual([]);
  });

  it.each(['Observation', 'Group|4.0.1'])('does not hold for what is not: %s', (name) => {
    expect(said(patientOf(`${HL7}/${name}`))).toEqual(['error value Patient.meta.profile']);
  });

  it('is of another version, or of no type of R4, not known', () => {
    const advice = (profile: string): unknown =>
      validate(JSON.parse(JSON.stringify(patientOf(profile))) as JsonObject, { advice: true })
        .map(({ issue }) => issue.code)
        .includes('not-found');
    expect(['Patient|4.3.0', 'Nonsense', 'Element', '', 'Patient'].map((name) => advice(`${HL7}/${name}`))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('is for a Bundle a Resource, and no DomainResource', () => {
    const bundle = { resourceType: 'Bundle', type: 'collection' };
    expect(said(bundle, [`${HL7}/Resource`])).toEqual([]);
    expect(said(bundle, [`${HL7}/DomainResource`])).toEqual(['error value Bundle.meta.profile']);
  });
});
