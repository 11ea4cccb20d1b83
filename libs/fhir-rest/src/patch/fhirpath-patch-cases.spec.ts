import { describe, expect, it } from '@jest/globals';
import { operation, patched, identifiers, third } from './patched.fixture.js';

// After FHIR/fhir-test-cases, r4/patch/fhir-path-tests.xml.
describe('the cases of HL7', () => {
  it.each<[string, object, readonly object[], unknown]>([
    ['no difference', { birthDate: '1920-01-01' }, [], { birthDate: '1920-01-01' }],
    [
      'replace primitive',
      { birthDate: '1920-01-01' },
      [operation('replace', 'Patient.birthDate', { value: { valueDate: '1930-01-01' } })],
      { birthDate: '1930-01-01' },
    ],
    ['delete primitive', { birthDate: '1920-01-01' }, [operation('delete', 'Patient.birthDate')], {}],
    [
      'add primitive',
      {},
      [operation('add', 'Patient', { name: 'birthDate', value: { valueDate: '1930-01-01' } })],
      { birthDate: '1930-01-01' },
    ],
    [
      'replace nested primitive',
      { contact: [{ name: { text: 'a name' }, gender: 'male' }] },
      [
        operation('replace', 'Patient.contact[0].gender', { value: { valueCode: 'female' } }),
        operation('replace', 'Patient.contact[0].name.text', { value: { valueString: 'the name' } }),
      ],
      { contact: [{ name: { text: 'the name' }, gender: 'female' }] },
    ],
    [
      'delete nested primitive',
      { contact: [{ name: { text: 'a name' }, gender: 'male' }] },
      [operation('delete', 'Patient.contact[0].name.text')],
      { contact: [{ gender: 'male' }] },
    ],
    [
      'add nested primitive',
      { contact: [{ name: { text: 'a name' } }] },
      [operation('add', 'Patient.contact[0]', { name: 'gender', value: { valueCode: 'male' } })],
      { contact: [{ name: { text: 'a name' }, gender: 'male' }] },
    ],
    [
      'add complex',
      {},
      [operation('add', 'Patient', { name: 'maritalStatus', value: { valueCodeableConcept: { text: 'married' } } })],
      { maritalStatus: { text: 'married' } },
    ],
    [
      'replace complex',
      { maritalStatus: { id: '1', text: 'married' } },
      [
        operation('replace', 'Patient.maritalStatus', {
          value: { valueCodeableConcept: { id: '2', text: 'not married' } },
        }),
      ],
      { maritalStatus: { id: '2', text: 'not married' } },
    ],
    ['delete complex', { maritalStatus: { text: 'married' } }, [operation('delete', 'Patient.maritalStatus')], {}],
    [
      'add anonymous type',
      {},
      [
        operation('add', 'Patient', {
          name: 'contact',
          value: { part: [{ name: 'name', valueHumanName: { text: 'a name' } }] },
        }),
      ],
      { contact: [{ name: { text: 'a name' } }] },
    ],
    ['delete anonymous type', { contact: [{ name: { text: 'a' } }] }, [operation('delete', 'Patient.contact[0]')], {}],
    [
      'list unchanged, contents changed',
      identifiers(1, 2),
      [
        operation('replace', 'Patient.identifier[0].value', { value: { valueString: 'value 2' } }),
        operation('replace', 'Patient.identifier[1].value', { value: { valueString: 'value 1' } }),
      ],
      identifiers(2, 1),
    ],
    [
      'add to list',
      identifiers(1, 2),
      [operation('insert', 'Patient.identifier', { index: 2, value: third })],
      identifiers(1, 2, 3),
    ],
    [
      'insert in list #1',
      identifiers(1, 2),
      [operation('insert', 'Patient.identifier', { index: 1, value: third })],
      identifiers(1, 3, 2),
    ],
    [
      'insert in list #2',
      identifiers(1, 2),
      [operation('insert', 'Patient.identifier', { index: 0, value: third })],
      identifiers(3, 1, 2),
    ],
    ['delete from list', identifiers(1, 2, 3), [operation('delete', 'Patient.identifier[1]')], identifiers(1, 3)],
    [
      'reorder list #1',
      identifiers(1, 2, 3, 4),
      [operation('move', 'Patient.identifier', { source: 3, destination: 1 })],
      identifiers(1, 4, 2, 3),
    ],
    [
      'reorder list #2',
      identifiers(1, 2, 3, 4),
      [operation('move', 'Patient.identifier', { source: 3, destination: 0 })],
      identifiers(4, 1, 2, 3),
    ],
    [
      'reorder list #4',
      identifiers(1, 2, 3, 4),
      [operation('move', 'Patient.identifier', { source: 0, destination: 3 })],
      identifiers(2, 3, 4, 1),
    ],
    [
      'reorder list #5',
      identifiers(1, 2, 3, 4),
      [
        operation('move', 'Patient.identifier', { source: 1, destination: 0 }),
        operation('move', 'Patient.identifier', { source: 2, destination: 1 }),
      ],
      identifiers(2, 3, 1, 4),
    ],
    [
      'reorder list #6',
      identifiers(1, 2, 3, 4),
      [0, 1, 2].map((destination) => operation('move', 'Patient.identifier', { source: 3, destination })),
      identifiers(4, 3, 2, 1),
    ],
    [
      'operation on missing element',
      { identifier: [{ use: 'official', value: '123' }] },
      [
        operation('add', "Patient.identifier.where(use = 'official').period", {
          name: 'end',
          value: { valueDate: '2021-12-01' },
        }),
      ],
      '422 not-found',
    ],
    [
      'operation on missing element #2',
      {},
      [operation('add', 'Patient', { name: 'identifier', value: third })],
      identifiers(3),
    ],
  ])('%s', (_, resource, operations, result) => expect(patched(resource, ...operations)).toEqual(result));
});
