import { Decimal, isJsonObject, type Json } from '#libs/domain/fhir';

/** A value of a FHIRPath collection. */
export type Item = Exclude<Json, null>;

/** Thrown where a compiled expression meets what only the engine decides. */
export const UNDECIDED = new Error('left to the engine');

/** One text for equal values, whatever the order of their members. */
export function keyOf(value: Json): string {
  if (value instanceof Decimal) return String(value.toNumber());
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(keyOf).join(',')}]`;
  if (isJsonObject(value)) {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${keyOf(value[name] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

export function equal(a: Item, b: Item): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' && typeof b !== 'object') return false;
  return keyOf(a) === keyOf(b);
}

export function numberOf(value: Item): number | undefined {
  return typeof value === 'number' ? value : value instanceof Decimal ? value.toNumber() : undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether `a` is, or may be, at most `b`. Dates of less than full precision are spans of time (as R5's per-1 has it, by
 * lowBoundary and highBoundary): only what cannot be is refused. A date has no zone: next to a time it may be any.
 */
export function datesMayBe(a: string, b: string, orEqual: boolean): boolean {
  const zoned = a.includes('T') || b.includes('T');
  const first = spanOf(a, zoned);
  const second = spanOf(b, zoned);
  if (first === undefined || second === undefined) throw UNDECIDED;
  if (orEqual) return first.from <= second.to;
  return first.from < second.to;
}

const PARTS = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const HOUR_MS = 3_600_000;

function spanOf(text: string, zoned: boolean): Span | undefined {
  if (text.includes('T')) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : { from: at, to: at };
  }
  const parts = PARTS.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day] = parts.map(Number);
  const first = Date.UTC(
    year ?? 0,
    Number.isNaN(month ?? NaN) ? 0 : (month ?? 1) - 1,
    Number.isNaN(day ?? NaN) ? 1 : day,
  );
  const end = Number.isNaN(month ?? NaN)
    ? Date.UTC((year ?? 0) + 1, 0, 1)
    : Number.isNaN(day ?? NaN)
      ? Date.UTC(year ?? 0, month ?? 1, 1)
      : Date.UTC(year ?? 0, (month ?? 1) - 1, (day ?? 1) + 1);
  return zoned ? { from: first - 14 * HOUR_MS, to: end - 1 + 14 * HOUR_MS } : { from: first, to: end - 1 };
}

/** Compares numbers and quantities of one unit: less than 0, 0, more. */
export function compareMeasures(a: Item, b: Item): number {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return x - y;
  if (!isJsonObject(a) || !isJsonObject(b)) throw UNDECIDED;
  const sameUnit =
    a['system'] === b['system'] && a['code'] === b['code'] && (a['code'] !== undefined || a['unit'] === b['unit']);
  const first = a['value'];
  const second = b['value'];
  if (!sameUnit || first === undefined || second === undefined || first === null || second === null) throw UNDECIDED;
  if (a['comparator'] !== undefined || b['comparator'] !== undefined) throw UNDECIDED;
  const from = numberOf(first);
  const to = numberOf(second);
  if (from === undefined || to === undefined) throw UNDECIDED;
  return from - to;
}
