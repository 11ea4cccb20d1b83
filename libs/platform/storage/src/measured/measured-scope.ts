import type { JsonObject } from '#libs/domain/fhir';
import { CATALOGUE } from '#libs/domain/quantities';
import { matches, searchValuesOf, type Condition, type DateValue } from '#libs/fhir-search';
import { conceptOf, LEADS, measurementKeyOf, observationCategories, type MeasurementKey } from '#libs/fhir-rest';

/** Where measurements may be that a search of Observations finds: what the database is asked for, before each is compared with all conditions. */
export interface MeasuredScope {
  readonly of: MeasuredOf;
  /** Catalogue numbers. */
  readonly codes: readonly number[];
  /** ms since 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
}

export type MeasuredOf =
  | { readonly kind: 'patients'; readonly patients: readonly string[] }
  | { readonly kind: 'ids'; readonly keys: readonly MeasurementKey[] }
  /** Nobody is named: all twins of the tenant. */
  | { readonly kind: 'all' };

/** Each patient and measure is a walk of its own along an index. */
export const MAX_WALKS = 1_000;
/** Of more patients all twins are walked. */
const MAX_PATIENTS = 1_000;
const MAX_IDS = 200;
/** Years 1 to 9999, as measurements are. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;
/** Parameters that a measure decides, whatever was measured. */
const OF_MEASURE = new Set(['code', 'combo-code', 'category']);

/** @returns undefined where the conditions ask for other resources, which meet stored ones only */
export function measuredScope(conditions: readonly Condition[]): MeasuredScope | undefined {
  if (conditions.some(({ kind }) => kind === 'chain' || kind === 'has')) return undefined;
  const decided = conditions.filter((one) => one.kind === 'token' && OF_MEASURE.has(one.parameter));
  const codes = CATALOGUE.filter(({ number }) => mayMatch(number, decided)).map(({ number }) => number);
  const patients = firstOf(conditions, patientsOf);
  const isFew = patients?.kind === 'patients' && patients.patients.length * codes.length <= MAX_WALKS;
  const named = isFew ? patients : firstOf(conditions, idsOf);
  const ranges = conditions.flatMap((one) =>
    one.kind === 'date' && one.parameter === 'date' ? [rangeOfAll(one.values)] : [],
  );
  return {
    of: named ?? { kind: 'all' },
    codes,
    from: Math.max(FIRST_MS, ...ranges.map(({ from }) => from)),
    to: Math.min(LAST_MS, ...ranges.map(({ to }) => to)),
  };
}

function firstOf(
  conditions: readonly Condition[],
  namedBy: (condition: Condition) => MeasuredOf | undefined,
): MeasuredOf | undefined {
  return conditions.map(namedBy).find((of) => of !== undefined);
}

function patientsOf(condition: Condition): MeasuredOf | undefined {
  if (condition.kind === 'compartment') return { kind: 'patients', patients: [condition.patient] };
  if (condition.kind !== 'reference' || condition.not) return undefined;
  if (condition.parameter !== 'patient' && condition.parameter !== 'subject') return undefined;
  const ids = condition.values.flatMap((value) => {
    const isPatient = value.kind === 'local' && (value.type === undefined || value.type === 'Patient');
    return isPatient ? [value.id] : [];
  });
  // Alternatives of another kind find other resources; they are no measurements.
  const patients = [...new Set(ids)];
  return patients.length > MAX_PATIENTS ? undefined : { kind: 'patients', patients };
}

function idsOf(condition: Condition): MeasuredOf | undefined {
  if (condition.kind !== 'id' || condition.not) return undefined;
  const keys = [...new Set(condition.values)].flatMap((id) => measurementKeyOf(id) ?? []);
  return keys.length > MAX_IDS ? undefined : { kind: 'ids', keys };
}

function mayMatch(code: number, decided: readonly Condition[]): boolean {
  return LEADS.some((lead) => {
    const resource: JsonObject = {
      resourceType: 'Observation',
      ...observationCategories(code),
      code: conceptOf(code, lead === '' ? null : lead),
    };
    return matches(resource, searchValuesOf(resource), decided) !== 'no';
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** One of the values must hold: from the earliest to the latest. */
function rangeOfAll(values: readonly DateValue[]): Range {
  const ranges = values.map(rangeOf);
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

/** Moments for which the comparison can hold, or more. */
function rangeOf({ prefix, from, to }: DateValue): Range {
  switch (prefix) {
    case 'eq':
      return { from, to };
    case 'gt':
    case 'ge':
    case 'sa':
      return { from, to: Infinity };
    case 'lt':
    case 'le':
    case 'eb':
      return { from: -Infinity, to };
    case 'ne':
    case 'ap':
      return { from: -Infinity, to: Infinity };
  }
}
