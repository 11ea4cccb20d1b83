import type { Json, JsonObject } from '#libs/domain/fhir';
import { indexKey } from '../values/index-key.js';
import type { QuantityIndex } from '../values/search-values.js';
import { canonicalUnit, toCanonicalValue, UCUM, type CanonicalUnit } from '../values/ucum-unit.js';
import { numberOf, objectOf, textOf } from './element.js';
import type { Convert } from './value-collector.js';

const CURRENCIES = 'urn:iso:std:iso:4217';

const plain: Convert = (collector, parameter, value) => {
  const number = numberOf(value);
  if (number !== undefined) collector.number(parameter, number, number);
};

/** Elements as numbers (R4 search.html#number), by their type. */
export const NUMBER_VALUES: Readonly<Record<string, Convert>> = {
  integer: plain,
  positiveInt: plain,
  unsignedInt: plain,
  decimal: plain,
  Range: (collector, parameter, value) => {
    const low = numberOf(partOf(value, 'low')['value']);
    const high = numberOf(partOf(value, 'high')['value']);
    if (isInverted(low, high)) return;
    if (low !== undefined || high !== undefined) collector.number(parameter, low ?? -Infinity, high ?? Infinity);
  },
};

const quantity: Convert = (collector, parameter, value) => {
  const object = objectOf(value) ?? {};
  const number = numberOf(object['value']);
  if (number === undefined) return;
  collector.quantity(indexOf(parameter, boundsBy(textOf(object['comparator']), number), object));
};

/** Elements as quantities (R4 search.html#quantity), by their type. A SampledData has no single one. */
export const QUANTITY_VALUES: Readonly<Record<string, Convert>> = {
  Quantity: quantity,
  Age: quantity,
  Duration: quantity,
  Count: quantity,
  Distance: quantity,
  Money: (collector, parameter, value) => {
    const money = objectOf(value) ?? {};
    const number = numberOf(money['value']);
    if (number === undefined) return;
    const code = textOf(money['currency']) ?? '';
    collector.quantity({ parameter, low: number, high: number, system: CURRENCIES, code: indexKey(code) });
  },
  Range: (collector, parameter, value) => {
    const lowPart = partOf(value, 'low');
    const highPart = partOf(value, 'high');
    const low = numberOf(lowPart['value']);
    const high = numberOf(highPart['value']);
    if (low === undefined && high === undefined) return;
    // R4 wants one unit on both sides; with two the range is of neither.
    const isMixed = low !== undefined && high !== undefined && lowPart['code'] !== highPart['code'];
    if (isMixed || isInverted(low, high)) return;
    const unit = low === undefined ? highPart : lowPart;
    collector.quantity(indexOf(parameter, { low: low ?? -Infinity, high: high ?? Infinity }, unit));
  },
};

/** No value is in a range whose low is above its high (rng-2). */
function isInverted(low: number | undefined, high: number | undefined): boolean {
  return low !== undefined && high !== undefined && low > high;
}

function partOf(value: Json, name: string): JsonObject {
  return objectOf(objectOf(value)?.[name]) ?? {};
}

/** The range that a value means. `isOpen`: its finite end is not in it. */
interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly isOpen?: boolean;
}

/** `< 5` is any value below: the range that it leaves open. */
function boundsBy(comparator: string | undefined, value: number): Bounds {
  if (comparator === '<' || comparator === '<=') return { low: -Infinity, high: value, isOpen: comparator === '<' };
  if (comparator === '>' || comparator === '>=') return { low: value, high: Infinity, isOpen: comparator === '>' };
  return { low: value, high: value };
}

function indexOf(parameter: string, bounds: Bounds, stated: JsonObject): QuantityIndex {
  const system = textOf(stated['system']) ?? '';
  const code = textOf(stated['code']) ?? '';
  const unit = textOf(stated['unit']);
  const canonical = system === UCUM ? canonicalUnit(code) : undefined;
  return {
    parameter,
    ...closed(bounds),
    system: indexKey(system),
    code: indexKey(code),
    ...(unit === undefined ? {} : { unit: indexKey(unit) }),
    ...(canonical === undefined ? {} : { canonical: { unit: canonical.unit, ...inUnit(bounds, canonical) } }),
  };
}

/** Rounded first: an end that is not in the range must be beside the number that a search for it compares with. */
function inUnit(bounds: Bounds, unit: CanonicalUnit): ReturnType<typeof closed> {
  return closed({
    ...bounds,
    low: toCanonicalValue(bounds.low, unit),
    high: toCanonicalValue(bounds.high, unit),
  });
}

/** The index has ends that are in the range: an open one is the next number, so that `sa10` finds `> 10`. */
function closed({ low, high, isOpen = false }: Bounds): { readonly low: number; readonly high: number } {
  return isOpen ? { low: low + step(low), high: high - step(high) } : { low, high };
}

/** Beside 0: beyond the range that a search for 0 means, in whatever unit. */
const LEAST_STEP = 1e-290;

function step(value: number): number {
  return Number.isFinite(value) ? Math.max(Math.abs(value) * Number.EPSILON, LEAST_STEP) : 0;
}
