import { isJsonObject, type Json } from '#libs/domain/fhir';
import { keyOf } from '../invariants/values.js';

/** Whether a value is exactly a fixed one. */
export function isFixed(value: Json, fixed: unknown): boolean {
  return keyOf(value) === keyOf(fixed as Json);
}

/** Whether a value has all that a pattern has, and maybe more (FHIR R4 elementdefinition.html, pattern[x]). */
export function hasPattern(value: Json | undefined, pattern: Json): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) &&
      pattern.every((wanted: Json) => (value as readonly Json[]).some((one) => hasPattern(one, wanted)))
    );
  }
  if (isJsonObject(pattern)) {
    return isJsonObject(value) && Object.entries(pattern).every(([name, wanted]) => hasPattern(value[name], wanted));
  }
  return keyOf(value) === keyOf(pattern);
}

/** The part of a pattern at a path of names; undefined when it says nothing there. */
export function patternAt(pattern: unknown, path: readonly string[]): unknown {
  let at = pattern as Json | undefined;
  for (const name of path) {
    if (Array.isArray(at)) at = (at as readonly Json[])[0];
    if (!isJsonObject(at)) return undefined;
    at = at[name];
  }
  return at;
}
