import { describe, expect, it } from '@jest/globals';
import { toClinical, type JsonObject } from '../index.js';
import {
  administration,
  ATC,
  coded,
  CONTEXT,
  period,
  quantity,
  reasonsOf,
  RXNORM,
  samplesOf,
  T0,
  UCUM,
} from './administration.fixture.js';

const SNOMED = 'http://snomed.info/sct';

const MINUTE = 60_000;

describe('a dose of insulin', () => {
  it('is a bolus, and still a fact about medication', () => {
    const { patient, samples, facts, unmeasured } = toClinical(administration(), CONTEXT);
    expect([patient, unmeasured]).toEqual(['p1', []]);
    expect(samples).toEqual([{ c: 18, t: T0, i: 'MedicationAdministration/m1#insulin-bolus', x: 4.5 }]);
    expect(facts).toMatchObject([{ fact: 'medication', reference: 'MedicationAdministration/m1' }]);
  });

  it('in U is the same amount, with the unit as it was sent', () => {
    expect(samplesOf({ dosage: { dose: quantity(4.5, 'U') } })).toMatchObject([{ x: 4.5, o: [4.5, 'U'] }]);
  });

  it.each([
    ['RxNorm, insulin', coded(RXNORM, '5856')],
    ['RxNorm, a product', coded(RXNORM, '865098')],
    ['SNOMED CT', coded(SNOMED, '67866001')],
    ['SNOMED CT, aspart', coded(SNOMED, '325072002')],
    ['ATC, the group', coded(ATC, 'A10A')],
    ['ATC, fast-acting', coded(ATC, 'A10AB')],
    ['ATC, aspart', coded(ATC, 'A10AB05')],
    ['ATC by its OID', coded('urn:oid:2.16.840.1.113883.6.73', 'A10AB04')],
    [
      'a code of its own beside RxNorm',
      {
        coding: [
          { system: 'urn:x', code: '7' },
          { system: RXNORM, code: '51428' },
        ],
      },
    ],
  ])('is known by %s', (_, medicationCodeableConcept) => {
    expect(samplesOf({ medicationCodeableConcept })).toMatchObject([{ c: 18, x: 4.5 }]);
  });

  it.each([
    ['long-acting', coded(ATC, 'A10AE04'), 'insulin-not-rapid'],
    ['Lantus', coded(RXNORM, '285018'), 'insulin-not-rapid'],
    ['mixed', coded(RXNORM, '106892'), 'insulin-not-rapid'],
    ['a text alone', { text: 'insulin lispro' }, 'medication-not-coded'],
    ['a display without a known code', coded('urn:x', '7', 'Insulin lispro'), 'medication-code-unknown'],
    ['a drug dosed in units', coded('urn:x', '7'), 'medication-code-unknown'],
    ['RxNorm codes under SNOMED CT', coded(SNOMED, '86009'), 'medication-code-unknown'],
    ['ATC of another group', coded(ATC, 'A10AB055'), 'medication-code-unknown'],
    [
      'two insulins',
      {
        coding: [
          { system: ATC, code: 'A10AB05' },
          { system: ATC, code: 'A10AE04' },
        ],
      },
      'code-contradictory',
    ],
  ])('of %s is listed as not measured', (_, medicationCodeableConcept, reason) => {
    expect(reasonsOf({ medicationCodeableConcept })).toEqual([`${reason} .medication`]);
  });

  it('of another drug says nothing', () => {
    const metformin = { medicationCodeableConcept: coded(RXNORM, '6809'), dosage: { dose: quantity(500, 'mg') } };
    expect(reasonsOf(metformin)).toEqual([]);
  });

  it.each([
    ['mL', quantity(0.045, 'mL'), 'unit-unknown'],
    ['mg', quantity(0.16, 'mg'), 'unit-mismatch'],
    ['a unit that is not of UCUM', { value: 4.5, unit: 'units' }, 'missing-unit'],
    ['another system', { value: 4.5, system: 'urn:x', code: 'U' }, 'unit-not-ucum'],
    ['300 [IU]', quantity(300, '[IU]'), 'impossible-value'],
    ['a negative amount', quantity(-1, '[IU]'), 'impossible-value'],
    ['a bound', { ...quantity(4, '[IU]'), comparator: '<' }, 'comparator-unsupported'],
    ['nothing', { system: UCUM, code: 'U' }, 'value-missing'],
  ])('in %s is listed as not measured', (_, dose, reason) => {
    expect(reasonsOf({ dosage: { dose } })).toEqual([`${reason} .dosage.dose`]);
  });

  it.each([
    ['not-done', 'not-given'],
    ['on-hold', 'not-given'],
    ['stopped', 'not-given'],
    ['unknown', 'not-given'],
    ['entered-in-error', 'withdrawn'],
  ])('whose status is %s was not given, as far as is known', (status, reason) => {
    expect(reasonsOf({ status })).toEqual([`${reason} .status`]);
  });

  it.each([
    ['a date', { effectiveDateTime: '2026-02-28' }, 'timestamp-imprecise .effective'],
    ['no time', { effectiveDateTime: undefined }, 'timestamp-missing .effective'],
    ['the future', { effectiveDateTime: '2027-02-28T10:00:00Z' }, 'timestamp-in-future .effective'],
    ['no dosage', { dosage: undefined }, 'dose-missing .dosage'],
    ['a text as dosage', { dosage: { text: '4 units' } }, 'dose-missing .dosage'],
    [
      'a modifier',
      { modifierExtension: [{ url: 'urn:x', valueBoolean: true }] },
      'modifier-extension .modifierExtension',
    ],
    [
      'a modifier of the dosage',
      { dosage: { modifierExtension: [{ url: 'urn:x', valueBoolean: true }], dose: quantity(4, 'U') } },
      'modifier-extension .dosage.modifierExtension',
    ],
  ])('with %s is listed as not measured', (_, over, reason) => {
    expect(reasonsOf(over)).toEqual([reason]);
  });

  it('over longer than a quarter of an hour is doubtful: it is no amount at one time', () => {
    const over = (minutes: number): object => ({
      effectiveDateTime: undefined,
      effectivePeriod: period(T0, T0 + minutes * MINUTE),
    });
    expect(samplesOf(over(10))).toEqual([{ c: 18, t: T0, i: 'MedicationAdministration/m1#insulin-bolus', x: 4.5 }]);
    expect(samplesOf(over(120))).toMatchObject([{ t: T0, x: 4.5, q: 1, r: ['given-over-120-min'] }]);
  });
});

describe('the medication by reference', () => {
  const referring = (reference: string): object => ({
    medicationCodeableConcept: undefined,
    medicationReference: { reference },
  });
  const medication = (over: object): JsonObject =>
    JSON.parse(JSON.stringify({ resourceType: 'Medication', id: 'med', ...over })) as JsonObject;
  const NOVOLOG = medication({
    code: coded('http://hl7.org/fhir/sid/ndc', '0169-7501-11'),
    ingredient: [{ itemCodeableConcept: coded(SNOMED, '325072002') }],
  });

  it('is one of this server, whose ingredients count where its own code is not known', () => {
    const find = (id: string) => (id === 'med' ? NOVOLOG : undefined);
    const { samples } = toClinical(administration(referring('Medication/med')), { ...CONTEXT, medication: find });
    expect(samples).toMatchObject([{ c: 18, x: 4.5 }]);
  });

  it('is one that it contains', () => {
    const contained = { ...referring('#med'), contained: [medication({ code: coded(RXNORM, '86009') })] };
    expect(samplesOf(contained)).toMatchObject([{ c: 18, x: 4.5 }]);
  });

  it.each([['Medication/other'], ['https://elsewhere.example/Medication/med'], ['#other'], ['Substance/med']])(
    '%s is unresolved',
    (reference) => {
      expect(reasonsOf(referring(reference), { medication: () => undefined })).toEqual([
        'medication-unresolved .medication',
      ]);
    },
  );

  it('that was entered in error, or may mean something else, says nothing', () => {
    const found = (over: object) => ({ medication: () => ({ ...NOVOLOG, ...over }) });
    expect(reasonsOf(referring('Medication/med'), found({ status: 'entered-in-error' }))).toEqual([
      'medication-unresolved .medication',
    ]);
    expect(reasonsOf(referring('Medication/med'), found({ modifierExtension: [] }))).toEqual([
      'modifier-extension .medication',
    ]);
  });
});
