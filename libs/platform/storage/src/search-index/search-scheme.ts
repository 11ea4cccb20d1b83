import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { searchParameters } from '#libs/fhir-search';

/** How values are indexed. A change of what is written needs a new number, and a migration that finds the rows of older ones. */
export const SEARCH_SCHEME = 4;

/** A type of R5 that was once taken for one of R4: without a place in the alphabet. */
const NOT_OF_R4 = 'SubscriptionStatus';
const TYPES = [...RESOURCE_TYPES.filter((type) => type !== NOT_OF_R4).sort(), NOT_OF_R4];
const codes = new Map(TYPES.map((type, at) => [type, at + 1]));

/** A resource type as a number of the index: its place in the alphabet of R4's types, from 1. */
export function typeCode(type: string): number {
  const code = codes.get(type);
  if (code === undefined) throw new Error(`${type} is no type of R4`);
  return code;
}

/** Under this number stand resources of a type that are contained in another: chains alone look there. */
export function containedTypeCode(type: string): number {
  return -typeCode(type);
}

export function typeOfCode(code: number): string {
  const type = TYPES[code - 1];
  if (type === undefined) throw new Error(`no type has the number ${code}`);
  return type;
}

const bits = new Map<string, ReadonlyMap<string, bigint>>();

/** The bit of a parameter among those of its type. */
export function bitOf(type: string, parameter: string): bigint {
  let ofType = bits.get(type);
  if (ofType === undefined) {
    const sorted = [...searchParameters(type).keys()].sort();
    ofType = new Map(sorted.map((code, at) => [code, 1n << BigInt(at)]));
    bits.set(type, ofType);
  }
  return ofType.get(parameter) ?? 0n;
}

const COMBINED: Readonly<Record<string, readonly string[]>> = {
  'combo-code': ['code', 'component-code'],
  'combo-code-value-concept': ['code-value-concept', 'component-code-value-concept'],
  'combo-code-value-quantity': ['code-value-quantity', 'component-code-value-quantity'],
  'combo-data-absent-reason': ['data-absent-reason', 'component-data-absent-reason'],
  'combo-value-concept': ['value-concept', 'component-value-concept'],
  'combo-value-quantity': ['value-quantity', 'component-value-quantity'],
};

/** Parameters that find what two others find are not indexed: a search asks for those. */
export function parametersFor(type: string, parameter: string): readonly string[] {
  return (type === 'Observation' ? COMBINED[parameter] : undefined) ?? [parameter];
}

export function isCombined(type: string, parameter: string): boolean {
  return type === 'Observation' && parameter in COMBINED;
}

const MAIN_DATES: Readonly<Record<string, string>> = {
  Condition: 'onset-date',
  MedicationAdministration: 'effective-time',
  MedicationDispense: 'whenhandedover',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  Patient: 'birthdate',
  ServiceRequest: 'authored',
  Task: 'authored-on',
};

/** The date parameter of a type by which it is most often searched and sorted: it has columns and indexes of its own. */
export function mainDate(type: string): string | undefined {
  const parameter = MAIN_DATES[type] ?? 'date';
  return searchParameters(type).get(parameter)?.type === 'date' ? parameter : undefined;
}

const OF_ONE_PATIENT = new Set([
  'AllergyIntolerance',
  'CarePlan',
  'Claim',
  'ClinicalImpression',
  'Communication',
  'Condition',
  'Coverage',
  'DetectedIssue',
  'DeviceUseStatement',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'ExplanationOfBenefit',
  'Flag',
  'Goal',
  'ImagingStudy',
  'Immunization',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
  'RiskAssessment',
  'ServiceRequest',
  'Specimen',
]);

/** Whether the parameter names the one Patient whom a resource of the type is of: that has a column of its own. */
export function isThePatient(type: string, parameter: string): boolean {
  return parameter === 'patient' && OF_ONE_PATIENT.has(type);
}

/** Under this name the codes of a parameter stand among the shared texts, to sort by. */
export function codesOf(parameter: string): string {
  return `${parameter}#code`;
}
