import { parseInstant } from '#libs/domain/quantities';
import { Decimal, isJsonObject, type Json, type JsonObject } from './json.js';

/** Reading of elements of a resource whose structure was checked. An absent element reads as absent, never as a default. */
export function objectAt(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name];
  return isJsonObject(value) ? value : undefined;
}

export function listAt(object: JsonObject | undefined, name: string): readonly JsonObject[] {
  const value = object?.[name];
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

export function textAt(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(object: JsonObject | undefined, name: string): number | undefined {
  const value = object?.[name];
  if (value instanceof Decimal) return value.toNumber();
  return typeof value === 'number' ? value : undefined;
}

/** ms since 1970 of an instant or a dateTime with a time; undefined for a date without a time, which is not an instant. */
export function momentAt(object: JsonObject | undefined, name: string): number | undefined {
  const text = textAt(object, name);
  if (text === undefined) return undefined;
  const instant = parseInstant(withReadableFraction(text));
  return instant.ok ? instant.ms : undefined;
}

/** FHIR allows any number of digits of a second; finer than nanoseconds is cut. */
export function withReadableFraction(text: string): string {
  return text.replace(/(\.\d{9})\d+/, '$1');
}

/** Start of a date or dateTime, ms since 1970; a date without a time begins at midnight UTC. For facts, which hold for days. */
export function startAt(object: JsonObject | undefined, name: string): number | undefined {
  const text = textAt(object, name);
  if (text === undefined) return undefined;
  if (text.includes('T')) return momentAt(object, name);
  const [year = NaN, month = 1, day = 1] = text.split('-').map(Number);
  const start = Date.UTC(year, month - 1, day);
  return Number.isNaN(start) ? undefined : start;
}
