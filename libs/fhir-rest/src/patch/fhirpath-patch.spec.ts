import { describe, expect, it } from '@jest/globals';
import { parseJson, stringifyJson, type Json, type JsonObject } from '#libs/domain/fhir';
import { applyPatch, readPatch } from './apply-patch.js';
import { operation, patched, identifiers, third } from './patched.fixture.js';

describe('a FHIRPath Patch', () => {
  it.each<[string, object, object, unknown]>([
    ['deletes nothing that is absent', { active: true }, operation('delete', 'Patient.birthDate'), { active: true }],
    [
      'replaces nothing that is absent',
      {},
      operation('replace', 'Patient.birthDate', { value: { valueDate: '1930' } }),
      '422 not-found',
    ],
    ['deletes one element only', identifiers(1, 2), operation('delete', 'Patient.identifier'), '422 processing'],
    [
      'replaces one element only',
      identifiers(1, 2),
      operation('replace', 'Patient.identifier', { value: third }),
      '422 processing',
    ],
    [
      'adds no second value',
      { birthDate: '1920' },
      operation('add', 'Patient', { name: 'birthDate', value: { valueDate: '1930' } }),
      '422 conflict',
    ],
    [
      'adds no second choice',
      { deceasedBoolean: false },
      operation('add', 'Patient', { name: 'deceased', value: { valueDateTime: '2020' } }),
      '422 conflict',
    ],
    [
      'adds a choice by its type',
      {},
      operation('add', 'Patient', { name: 'deceased', value: { valueDateTime: '2020' } }),
      { deceasedDateTime: '2020' },
    ],
    [
      'adds no choice of a wrong type',
      {},
      operation('add', 'Patient', { name: 'deceased', value: { valueString: 'x' } }),
      '422 value',
    ],
    [
      'replaces a choice by another',
      { deceasedBoolean: true },
      operation('replace', 'Patient.deceased', { value: { valueDateTime: '2020' } }),
      { deceasedDateTime: '2020' },
    ],
    [
      'adds to a list that is there',
      identifiers(1, 2),
      operation('add', 'Patient', { name: 'identifier', value: third }),
      identifiers(1, 2, 3),
    ],
    [
      'inserts into an empty list',
      {},
      operation('insert', 'Patient.identifier', { index: 0, value: third }),
      identifiers(3),
    ],
    [
      'inserts not beyond the end',
      identifiers(1),
      operation('insert', 'Patient.identifier', { index: 2, value: third }),
      '422 value',
    ],
    [
      'inserts into lists only',
      {},
      operation('insert', 'Patient.birthDate', { index: 0, value: { valueDate: '1930' } }),
      '422 invalid',
    ],
    [
      'moves within the list',
      identifiers(1),
      operation('move', 'Patient.identifier', { source: 0, destination: 1 }),
      '422 value',
    ],
    [
      'adds no element that R4 has not',
      {},
      operation('add', 'Patient', { name: 'shoeSize', value: { valueInteger: 42 } }),
      '422 structure',
    ],
    ['takes no resource away', {}, operation('delete', 'Patient'), '422 invalid'],
    ['knows its type', {}, operation('delete', 'Observation.status'), '400 invalid'],
    ['takes a path without the type', { birthDate: '1920' }, operation('delete', 'birthDate'), {}],
    ['needs a path', {}, operation('delete', ''), '400 invalid'],
    ['takes no computed values', {}, operation('delete', 'Patient.name.repeat(given)'), '400 invalid'],
    [
      'takes no regular expressions',
      {},
      operation('delete', "Patient.name.where(family.matches('(a+)+b'))"),
      '400 invalid',
    ],
    ['needs a known type', {}, operation('test', 'Patient.active'), '400 structure'],
    ['needs an index', {}, operation('insert', 'Patient.identifier', { value: third }), '400 required'],
    ['needs a value', {}, operation('add', 'Patient', { name: 'active' }), '400 required'],
    [
      'needs one value',
      {},
      operation('add', 'Patient', { name: 'active', value: { valueBoolean: true, valueString: 'x' } }),
      '400 structure',
    ],
  ])('%s', (_, resource, one, result) => expect(patched(resource, one)).toEqual(result));

  const names = {
    name: [
      { use: 'official', family: 'A', given: ['x', 'y'] },
      { use: 'usual', given: ['z'] },
    ],
    telecom: [
      { system: 'phone', value: '1', rank: 1 },
      { system: 'phone', value: '2', rank: 2 },
      { system: 'email', value: 'a@b' },
    ],
  };
  it.each<[string, string]>([
    ["Patient.name.where(use = 'official').given[1]", 'y'],
    ["Patient.name.where(use='official').given.last()", 'y'],
    ['Patient.name[1].given.first()', 'z'],
    ['Patient.name.last().given.single()', 'z'],
    ['Patient.name.tail().given', 'z'],
    ['Patient.telecom.skip(2).value', 'a@b'],
    ['Patient.telecom.take(1).value', '1'],
    ['Patient.telecom.skip(1).take(1).value', '2'],
    ['Patient.name.take(1).given.tail()', 'y'],
    ["Patient.name.given.where($this = 'y')", 'y'],
    ["Patient.name.where(family.exists()).given.where($this.startsWith('x'))", 'x'],
    ['Patient.name.where(family.empty()).given', 'z'],
    ['Patient.name.where(family.exists().not()).given', 'z'],
    ["Patient.name.where((use = 'usual') and given.exists()).given", 'z'],
    ["Patient.telecom.where(system = 'phone' and rank > 1).value", '2'],
    ["Patient.telecom.where(system = 'phone' and rank = 1.0).value", '1'],
    ["Patient.telecom.where(system != 'phone').value", 'a@b'],
    ["Patient.telecom.where(system = 'email' or rank = 7).value", 'a@b'],
    ["Patient.telecom.where(system ~ 'EMAIL').value", 'a@b'],
    ['Patient.telecom[2].value', 'a@b'],
    ['%resource.telecom[0].`value`', '1'],
  ])('finds by %s what is meant', (path, found) => {
    const text = JSON.stringify(patched(names, operation('replace', path, { value: { valueString: 'found' } })));
    expect(text).toBe(JSON.stringify(names).replace(JSON.stringify(found), '"found"'));
  });

  it('reaches primitives through their extensions and keeps both lists side by side', () => {
    const extension = [{ url: 'http://x.example/e', valueString: 'VV' }];
    const add = (path: string): object =>
      operation('add', path, { name: 'extension', value: { valueExtension: extension[0] } });
    expect(patched({ birthDate: '1920' }, add('Patient.birthDate'))).toEqual({
      birthDate: '1920',
      _birthDate: { extension },
    });
    const given = { name: [{ given: ['a', 'b', 'c'] }] };
    const second = { name: [{ given: ['a', 'b', 'c'], _given: [null, { extension }, null] }] };
    expect(patched(given, add('Patient.name[0].given[1]'))).toEqual(second);
    expect(patched(second, operation('delete', 'Patient.name[0].given[0]'))).toEqual({
      name: [{ given: ['b', 'c'], _given: [{ extension }, null] }],
    });
    expect(patched(second, operation('move', 'Patient.name[0].given', { source: 1, destination: 2 }))).toEqual({
      name: [{ given: ['a', 'c', 'b'], _given: [null, null, { extension }] }],
    });
    expect(
      patched(second, operation('insert', 'Patient.name[0].given', { index: 0, value: { valueString: 'n' } })),
    ).toEqual({ name: [{ given: ['n', 'a', 'b', 'c'], _given: [null, null, { extension }, null] }] });
    expect(patched(second, operation('delete', 'Patient.name[0].given[1]'))).toEqual({ name: [{ given: ['a', 'c'] }] });
    expect(
      patched(
        second,
        operation('replace', "Patient.name.given.extension('http://x.example/e').value", { value: { valueCode: 'W' } }),
      ),
    ).toEqual({
      name: [
        {
          given: ['a', 'b', 'c'],
          _given: [null, { extension: [{ url: 'http://x.example/e', valueCode: 'W' }] }, null],
        },
      ],
    });
    expect(patched({ birthDate: '1920', _birthDate: { extension } }, operation('delete', 'Patient.birthDate'))).toEqual(
      {},
    );
  });

  it('keeps the digits of decimals and finds a choice by its type', () => {
    const read = readPatch(
      {
        resourceType: 'Parameters',
        parameter: [operation('replace', 'Observation.value.ofType(Quantity).unit', { value: { valueString: 'kg' } })],
      } as unknown as Json,
      'Observation',
    );
    const parsed = parseJson('{"resourceType":"Observation","id":"x","valueQuantity":{"value":70.50,"unit":"g"}}');
    const result = read.ok && parsed.ok ? applyPatch(parsed.value as JsonObject, read.patch) : undefined;
    expect(result?.ok && stringifyJson(result.resource)).toBe(
      '{"resourceType":"Observation","id":"x","valueQuantity":{"value":70.50,"unit":"kg"}}',
    );
  });

  it('ends a path that looks at too much', () => {
    const given = Array.from({ length: 2_000 }, (_, at) => `n${at}`);
    const name = Array.from({ length: 500 }, () => ({ given }));
    const path = "Patient.name.where(given.where($this = 'x').exists() or given.where($this = 'y').exists())";
    expect(patched({ name }, operation('delete', path))).toBe('422 too-costly');
  });
});
