import { describe, expect, it } from '@jest/globals';
import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { searchParameters } from '#libs/fhir-search';
import { parameterNumber } from './hash-keys.js';
import { bitOf, codesOf, mainDate, parametersFor, typeCode, typeOfCode } from './search-scheme.js';

describe('the numbers of the search index', () => {
  it('are those that stored rows have', () => {
    expect([typeCode('Account'), typeCode('Observation'), typeCode('Patient'), typeCode('VisionPrescription')]).toEqual(
      [1, 96, 103, 146],
    );
    expect(typeOfCode(96)).toBe('Observation');
    expect(() => typeCode('Person2')).toThrow();
    expect(parameterNumber('birthdate')).toBe(1_020_918_661);
  });

  it.each(RESOURCE_TYPES.map((type) => [type]))('are different for the parameters of %s', (type) => {
    const parameters = [...searchParameters(type).values()];
    const bits = new Set(parameters.map(({ code }) => bitOf(type, code)));
    expect(bits.size).toBe(parameters.length);
    expect([...bits].every((bit) => bit > 0n && bit < 1n << 63n)).toBe(true);
    const names = parameters.flatMap(({ code, components = [] }) => [
      code,
      codesOf(code),
      ...components.map((_, at) => `${code}/${at}`),
    ]);
    expect(new Set(names.map(parameterNumber)).size).toBe(names.length);
  });
});

describe('parameters that are found by others', () => {
  it('are of Observation only', () => {
    expect(parametersFor('Observation', 'combo-code')).toEqual(['code', 'component-code']);
    expect(parametersFor('Condition', 'code')).toEqual(['code']);
    for (const [code] of searchParameters('Observation')) {
      for (const one of parametersFor('Observation', code)) expect(searchParameters('Observation').has(one)).toBe(true);
    }
  });
});

describe('main dates', () => {
  it.each([
    ['Observation', 'date'],
    ['Condition', 'onset-date'],
    ['Patient', 'birthdate'],
    ['Organization', undefined],
  ])('of %s: %s', (type, parameter) => {
    expect(mainDate(type)).toBe(parameter);
  });
});
