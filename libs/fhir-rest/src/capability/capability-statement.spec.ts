import { describe, expect, it } from '@jest/globals';
import { parseJson, RESOURCE_TYPES } from '#libs/domain/fhir';
import { searchParameters } from '#libs/fhir-search';
import { validate } from '#libs/fhir-validation';
import { capabilityStatement } from './capability-statement.js';
import { smartSecurity } from './smart-security.js';

interface Statement {
  readonly rest: readonly [
    {
      readonly documentation: string;
      readonly compartment: readonly string[];
      readonly resource: readonly {
        readonly type: string;
        readonly documentation?: string;
        readonly searchParam: readonly { readonly name: string }[];
        readonly searchInclude?: readonly string[];
        readonly searchRevInclude?: readonly string[];
      }[];
    },
  ];
}

const text = JSON.stringify(
  capabilityStatement({
    baseUrl: 'https://a.example/fhir/r4',
    date: '2026-11-29T06:00:00.000Z',
    limits: { entries: 5_000, bytes: 32 * 1024 * 1024 },
    security: smartSecurity('https://a.example'),
  }),
);
const [rest] = (JSON.parse(text) as Statement).rest;

describe('the CapabilityStatement', () => {
  it('is valid R4', () => {
    const parsed = parseJson(text);
    expect(parsed.ok && validate(parsed.value)).toEqual([]);
  });

  it('declares each type of R4 once, with the search parameters that are compiled', () => {
    expect(rest.resource.map(({ type }) => type)).toEqual(RESOURCE_TYPES);
    for (const { type, searchParam } of rest.resource)
      expect(searchParam.map(({ name }) => name)).toEqual([...searchParameters(type).keys()]);
  });

  it('declares includes that are reference parameters of the types they name', () => {
    const isReference = (include: string): boolean => {
      const [type = '', code = ''] = include.split(':');
      return searchParameters(type).get(code)?.type === 'reference';
    };
    for (const { searchInclude = [], searchRevInclude = [] } of rest.resource) {
      expect(searchInclude.filter((include) => !isReference(include))).toEqual([]);
      expect(searchRevInclude.filter((include) => !isReference(include))).toEqual([]);
    }
    const patient = rest.resource.find(({ type }) => type === 'Patient');
    expect(patient?.searchRevInclude).toContain('Observation:patient');
    expect(patient?.searchRevInclude).not.toContain('Patient:organization');
  });

  it('says of which types resources are made here', () => {
    const made = rest.resource.filter(({ documentation }) => documentation !== undefined).map(({ type }) => type);
    expect(made).toEqual(['Communication', 'DetectedIssue', 'Flag', 'Observation', 'Provenance', 'RiskAssessment']);
  });

  it('names the compartment whose members are searched', () => {
    expect(rest.compartment).toEqual(['http://hl7.org/fhir/CompartmentDefinition/patient']);
  });

  it('says the limits of a bundle', () => {
    expect(rest.documentation).toMatch(/5000 entries and 32 MiB/);
  });

  it('says what searches do with contained resources', () => {
    expect(rest.documentation).toMatch(/Chained parameters are also compared inside contained resources/);
  });
});
