import type { Comparator } from '#libs/contracts';
import { numberAt, objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';

/** One point: a value, a bound where the device was off its scale and the limit is known, or null where there is no value. */
export type Point = number | { readonly bound: Comparator; readonly value: number } | null;

export type Series =
  | {
      readonly ok: true;
      /** By dimension, in time; all of one length. */
      readonly dimensions: readonly (readonly Point[])[];
      readonly periodMs: number;
      readonly unit: string | undefined;
      readonly system: string | undefined;
    }
  | { readonly ok: false };

const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * The points of a SampledData (FHIR R4 datatypes.html#SampledData): data × factor + origin, the dimensions of a moment one after the
 * other. `E` is no value; `U` and `L` are beyond the limits, which are on the scale of the data as these are.
 */
export function readSampledData(element: JsonObject): Series {
  const origin = objectAt(element, 'origin');
  const zero = numberAt(origin, 'value');
  const periodMs = numberAt(element, 'period');
  const factor = numberAt(element, 'factor') ?? 1;
  const count = numberAt(element, 'dimensions') ?? 0;
  const tokens = (textAt(element, 'data') ?? '').trim().split(/\s+/);
  // A comparator at the origin would make all values bounds.
  if (zero === undefined || periodMs === undefined || !(periodMs > 0) || origin?.['comparator'] !== undefined)
    return NO;
  if (count < 1 || tokens[0] === '' || tokens.length % count !== 0 || '_factor' in element) return NO;
  const scale = (raw: number): number => raw * factor + zero;
  const upper = boundOf('>', numberAt(element, 'upperLimit'), factor, scale);
  const lower = boundOf('<', numberAt(element, 'lowerLimit'), factor, scale);
  const dimensions = Array.from({ length: count }, (): Point[] => []);
  for (const [index, token] of tokens.entries()) {
    const point = token === 'E' ? null : token === 'U' ? upper : token === 'L' ? lower : decimal(token, scale);
    if (point === undefined) return NO;
    dimensions[index % count]!.push(point);
  }
  return { ok: true, dimensions, periodMs, unit: textAt(origin, 'code'), system: textAt(origin, 'system') };
}

const NO: Series = { ok: false };

function decimal(token: string, scale: (raw: number) => number): number | undefined {
  if (!DECIMAL.test(token)) return undefined;
  const value = scale(Number(token));
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** A negative factor turns the scale round. */
function boundOf(side: '<' | '>', limit: number | undefined, factor: number, scale: (raw: number) => number): Point {
  if (limit === undefined || factor === 0) return null;
  return { bound: (side === '>') === factor > 0 ? '>' : '<', value: scale(limit) };
}
