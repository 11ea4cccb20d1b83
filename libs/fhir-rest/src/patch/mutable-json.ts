import { Decimal, type Json, type JsonObject } from '#libs/domain/fhir';
import type { Budget } from './patch-fault.js';

/** JSON that a patch changes in place: always a copy that nobody else has. */
export type MutableJson = null | boolean | number | string | Decimal | MutableJson[] | MutableObject;
export interface MutableObject {
  [name: string]: MutableJson;
}

export function isMutableObject(value: MutableJson | undefined): value is MutableObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

/** A copy of which no part is shared. Costs its size, so that copies of copies end. */
export function copyOf(value: Json, budget: Budget): MutableJson {
  budget.spend(typeof value === 'string' ? value.length + 2 : 8);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => copyOf(item, budget));
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return value as MutableJson;
  const copy: MutableObject = {};
  for (const [name, item] of Object.entries(value as JsonObject)) copy[name] = copyOf(item, budget);
  return copy;
}

/** Nothing that a prototype has counts as a member. */
export function memberOf(object: MutableObject, name: string): MutableJson | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Equal as RFC 6902 §4.6 says: numbers by value, objects whatever the order of their members. */
export function equalJson(a: Json, b: Json): boolean {
  if (isNumber(a)) return isNumber(b) && digitsOf(a) === digitsOf(b);
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (isNumber(b)) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return (a as readonly Json[]).every((item, at) => equalJson(item, (b as readonly Json[])[at] ?? null));
  }
  if (Array.isArray(b)) return false;
  const [one, other] = [a as JsonObject, b as JsonObject];
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && equalJson(one[name] ?? null, other[name] ?? null));
}

function isNumber(value: Json): value is number | Decimal {
  return typeof value === 'number' || value instanceof Decimal;
}

/** A number in one form whatever its notation: `70.50` and `7.05e1` are equal, and no digit is lost beyond those of a double. */
export function digitsOf(number: number | Decimal): string {
  const text = number instanceof Decimal ? number.text : String(number);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const significant = (whole + fraction).replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return '0';
  const power = Number(exponent) - fraction.length + (significant.length - digits.length);
  return `${sign}${digits}e${power}`;
}

/** The deepest nesting of a value, from 1; stops counting beyond `limit`. */
export function isDeeper(value: MutableJson, limit: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return false;
  if (limit === 0) return true;
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.some((item) => isDeeper(item, limit - 1));
}

/**
 * Leaves out those lists and objects that are empty because something was taken from them, and what then is empty around them: FHIR
 * JSON has no empty ones. What else is empty stays, and is refused.
 *
 * @param taken where something was taken away
 * @returns whether `value` itself is to be left out
 */
export function dropEmpty(value: MutableJson, taken: ReadonlySet<MutableJson>): boolean {
  if (Array.isArray(value)) {
    const kept = value.filter((item) => !dropEmpty(item, taken));
    const dropped = kept.length < value.length;
    if (dropped) {
      value.length = 0;
      for (const item of kept) value.push(item);
    }
    return value.length === 0 && (dropped || taken.has(value));
  }
  if (!isMutableObject(value)) return false;
  let dropped = false;
  for (const [name, item] of Object.entries(value)) {
    if (!dropEmpty(item, taken)) continue;
    delete value[name];
    dropped = true;
  }
  return (dropped || taken.has(value)) && Object.keys(value).length === 0;
}
