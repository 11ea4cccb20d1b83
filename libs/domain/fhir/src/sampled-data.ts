import type { JsonObject } from './json.js';
import { numberAt, objectAt, textAt } from './element.js';

export type Series =
  | {
      readonly ok: true;
      readonly values: readonly number[];
      readonly periodMs: number;
      readonly unit: string | undefined;
      readonly system: string | undefined;
    }
  | { readonly ok: false };

/**
 * The values of a SampledData (FHIR R4 datatypes.html#SampledData): data × factor + origin. Only one dimension. A series with
 * `E` (error), `L` or `U` (off scale) has no value there and is not read: a made-up value would be worse than none.
 */
export function readSampledData(element: JsonObject): Series {
  const origin = objectAt(element, 'origin');
  const zero = numberAt(origin, 'value');
  const periodMs = numberAt(element, 'period');
  const data = textAt(element, 'data');
  if (zero === undefined || periodMs === undefined || periodMs <= 0 || data === undefined) return { ok: false };
  if (numberAt(element, 'dimensions') !== 1) return { ok: false };
  const factor = numberAt(element, 'factor') ?? 1;
  const values = data
    .trim()
    .split(/\s+/)
    .map((token) => (/^-?\d+(\.\d+)?$/.test(token) ? Number(token) * factor + zero : NaN));
  if (values.some((value) => !Number.isFinite(value))) return { ok: false };
  return { ok: true, values, periodMs, unit: textAt(origin, 'code'), system: textAt(origin, 'system') };
}
