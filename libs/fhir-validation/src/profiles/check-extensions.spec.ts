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
