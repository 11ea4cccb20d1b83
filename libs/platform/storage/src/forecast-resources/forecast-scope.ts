import { forecastKeyOf } from '#libs/fhir-rest';
import type { Condition } from '#libs/fhir-search';

/** Which twins have forecasts that a search may find; each forecast is then compared with all conditions. */
export type ForecastScope =
  /** Keys of twins, and FHIR ids of Patients; all of them are looked at for one page. */
  | { readonly kind: 'named'; readonly twins: readonly string[]; readonly patients: readonly string[] }
  /** All twins of the tenant, in the order of their keys. */
  | { readonly kind: 'all' };

/** More are found by a walk over all. */
const MAX_NAMED = 200;

/** @returns undefined where the search can find none: a Provenance is found by its id and by what it is about */
export function forecastScope(type: string, conditions: readonly Condition[]): ForecastScope | undefined {
  if (type === 'Provenance') return conditions.map(targetsOf).find((scope) => scope !== undefined);
  const scopes = conditions.map((one) => keysOf(one) ?? patientsOf(one));
  return scopes.find((scope) => scope !== undefined) ?? { kind: 'all' };
}

function targetsOf(condition: Condition): ForecastScope | undefined {
  if (condition.kind === 'id') return keysOf(condition);
  if (condition.kind !== 'reference' || condition.not || condition.parameter !== 'target') return undefined;
  return named(condition.values.flatMap((value) => (value.kind === 'local' ? [value.id] : [])));
}

function keysOf(condition: Condition): ForecastScope | undefined {
  return condition.kind === 'id' && !condition.not ? named(condition.values) : undefined;
}

function named(ids: readonly string[]): ForecastScope | undefined {
  const twins = [...new Set(ids.flatMap((id) => forecastKeyOf(id)?.twin ?? []))];
  return twins.length > MAX_NAMED ? undefined : { kind: 'named', twins, patients: [] };
}

function patientsOf(condition: Condition): ForecastScope | undefined {
  if (condition.kind === 'compartment') return { kind: 'named', twins: [], patients: [condition.patient] };
  if (condition.kind !== 'reference' || condition.not) return undefined;
  if (condition.parameter !== 'patient' && condition.parameter !== 'subject') return undefined;
  const patients = condition.values.flatMap((value) =>
    value.kind === 'local' && (value.type ?? 'Patient') === 'Patient' ? [value.id] : [],
  );
  return patients.length > MAX_NAMED ? undefined : { kind: 'named', twins: [], patients: [...new Set(patients)] };
}
