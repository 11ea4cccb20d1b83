import { describe, expect, it } from '@jest/globals';
import { patient, race, said, US_CORE } from './check-profile.fixture.js';

describe('an extension that is defined here', () => {
  const birthsex = (more: object = {}): object => ({ url: `${US_CORE}/us-core-birthsex`, valueCode: 'F', ...more });
  const detailed = (system: string, code: string): object =>
    race({ url: 'detailed', valueCoding: { system, code } }, { url: 'text', valueString: 'x' });
  const CDC = 'urn:oid:2.16.840.1.113883.6.238';
  const extended = (extension: object, more: object = {}): object => ({ ...patient, extension: [extension], ...more });

  it.each([
    ['in its place', extended(birthsex())],
    ['with a code of the form of its system', extended(detailed(CDC, '2036-2'))],
    ['beside one that is not known', extended({ url: 'https://a.example/x', valueString: 'x' })],
  ])('may stand %s', (_, resource) => expect(said(resource)).toEqual([]));

  it.each([
    [
      'a value of another type',
      extended(birthsex({ valueCode: undefined, valueString: 'F' })),
      'structure',
      'extension[0].valueString',
    ],
    ['a code of no set of it', extended(birthsex({ valueCode: 'X' })), 'code-invalid', 'extension[0].valueCode'],
    [
      'a code of another system',
      extended(detailed('urn:x', '2036-2')),
      'code-invalid',
      'extension[0].extension[0].valueCoding',
    ],
    ['a code of another form', extended(detailed(CDC, '36')), 'code-invalid', 'extension[0].extension[0].valueCoding'],
    [
      'another place',
      extended(birthsex(), { contact: [{ name: { text: 'x' }, extension: [birthsex()] }] }),
      'structure',
      'contact[0].extension[0].url',
    ],
    [
      'a data type',
      extended(birthsex(), { name: [{ family: 'A', extension: [birthsex()] }] }),
      'structure',
      'name[0].extension[0].url',
    ],
    [
      'a primitive',
      extended(birthsex(), { birthDate: '2000', _birthDate: { extension: [birthsex()] } }),
      'structure',
      'birthDate.extension[0].url',
    ],
    [
      'an extension',
      extended({ url: 'https://a.example/x', extension: [birthsex()] }),
      'structure',
      'extension[0].extension[0].url',
    ],
  ])('may not have or stand in %s', (_, resource, code, place) =>
    expect(said(resource)).toEqual([`error ${code} Patient.${place}`]),
  );

  it('is left alone where no profile is claimed', () => {
    expect(said({ ...patient, meta: undefined, extension: [birthsex({ valueCode: 'X' })] })).toEqual([]);
  });
});

describe("an extension of R4's own definitions", () => {
  const HL7 = 'http://hl7.org/fhir/StructureDefinition';
  const of = (name: string, value: object): object => ({ url: `${HL7}/${name}`, ...value });
  const patientWith = (extension: object, more: object = {}): object => ({
    resourceType: 'Patient',
    meta: { profile: [`${HL7}/Patient`] },
    extension: [extension],
    ...more,
  });
  const condition = (more: object): object => ({
    resourceType: 'Condition',
    meta: { profile: [`${HL7}/Condition`] },
    subject: { reference: 'Patient/p' },
    ...more,
  });
  const birthPlace = of('patient-birthPlace', { valueAddress: { city: 'Ulm' } });
  const translation = of('iso21090-PQ-translation', { valueQuantity: { value: 1 } });
  const years = { value: 1, system: 'http://unitsofmeasure.org', code: 'a' };
  const resolved = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }],
  };
  const coordinates = (...names: string[]): object =>
    of('geolocation', { extension: names.map((url) => ({ url, valueDecimal: 1.5 })) });

  it.each([
    ['its value', patientWith(birthPlace)],
    ['its parts', patientWith(birthPlace, { address: [{ extension: [coordinates('latitude', 'longitude')] }] })],
    [
      'any element, where it is of all',
      patientWith(birthPlace, {
        _birthDate: { extension: [of('data-absent-reason', { valueCode: 'unknown' })] },
      }),
    ],
    ['a kind of the type that it is of', condition({ onsetAge: { ...years, extension: [translation] } })],
    [
      'a member of its choice',
      condition({ clinicalStatus: resolved, abatementAge: { ...years, extension: [translation] } }),
    ],
  ])('may have or stand in %s', (_, resource) => expect(said(resource)).toEqual([]));

  it.each([
    [
      'a value of another type',
      patientWith(of('patient-birthPlace', { valueString: 'Ulm' })),
      'structure',
      'valueString',
    ],
    ['a code of no set of it', patientWith(of('data-absent-reason', { valueCode: 'no' })), 'code-invalid', 'valueCode'],
  ])('may not have %s', (_, resource, code, place) =>
    expect(said(resource)).toEqual([`error ${code} Patient.extension[0].${place}`]),
  );

  it.each([
    ['another resource', condition({ extension: [birthPlace] }), 'Condition.extension[0].url'],
    ['another data type', condition({ code: { extension: [translation] } }), 'Condition.code.extension[0].url'],
  ])('may not stand in %s', (_, resource, place) => expect(said(resource)).toEqual([`error structure ${place}`]));

  it('needs its parts', () => {
    const resource = patientWith(birthPlace, { address: [{ extension: [coordinates('latitude')] }] });
    expect(said(resource)).toEqual(['error required Patient.address[0].extension[0].extension']);
  });
});
