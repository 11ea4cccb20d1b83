import { Decimal, isJsonObject, type Json, type JsonObject } from '#libs/domain/fhir';

/** Reading of elements whose structure may not have been checked: what is of another kind reads as absent. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  const number = value instanceof Decimal ? value.toNumber() : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function objectOf(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : isJsonObject(value) ? [value] : [];
}

export function textsOf(value: Json | undefined): readonly string[] {
  const values = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return values.filter((one) => typeof one === 'string');
}
