import type { JsonObject } from '#libs/domain/fhir';
import { CATALOGUE } from '#libs/domain/quantities';
import { matches, searchValuesOf, type Condition, type DateValue } from '#libs/fhir-search';
import { conceptOf, LEADS, observationCategories } from '#libs/fhir-rest';

/** Where measurements may be that a search of Observations finds: what the database is asked for, before each is compared with all conditions. */
export interface MeasuredScope {
  readonly patients: readonly string[];
  /** Catalogue numbers. */
  readonly codes: readonly number[];
  /** ms since 1970, both inclusive. */
  readonly from: number;
  readonly to: number;
}

/** Each patient and measure is a walk of its own. */
const MAX_PATIENTS = 20;
/** Years 1 to 9999, as measurements are. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;
/** Parameters that a measure decides, whatever was measured. */
const OF_MEASURE = new Set(['code', 'combo-code', 'category']);

/** @returns undefined where the conditions name no patients: nothing would bound the cost */
export function measuredScope(conditions: readonly Condition[]): MeasuredScope | undefined {
  const named = conditions.flatMap((condition) => {
    const patients = patientsOf(condition);
    return patients === undefined ? [] : [patients];
  });
  const [patients] = named;
  if (patients === undefined || patients.length > MAX_PATIENTS) return undefined;
  const decided = conditions.filter((one) => one.kind === 'token' && OF_MEASURE.has(one.parameter));
  const codes = CATALOGUE.filter(({ number }) => mayMatch(number, decided)).map(({ number }) => number);
  const ranges = conditions.flatMap((one) =>
    one.kind === 'date' && one.parameter === 'date' ? [rangeOfAll(one.values)] : [],
  );
  return {
    patients,
    codes,
    from: Math.max(FIRST_MS, ...ranges.map(({ from }) => from)),
    to: Math.min(LAST_MS, ...ranges.map(({ to }) => to)),
  };
}

function patientsOf(condition: Condition): readonly string[] | undefined {
  if (condition.kind === 'compartment') return [condition.patient];
  if (condition.kind !== 'reference' || condition.not) return undefined;
  if (condition.parameter !== 'patient' && condition.parameter !== 'subject') return undefined;
  const ids = condition.values.flatMap((value) => {
    const isPatient = value.kind === 'local' && (value.type === undefined || value.type === 'Patient');
    return isPatient ? [value.id] : [];
  });
  // Alternatives of another kind find other resources; they are no measurements.
  return [...new Set(ids)];
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
