import type { Json, JsonObject } from '#libs/domain/fhir';
import { indexKey } from '../values/index-key.js';
import type { QuantityIndex } from '../values/search-values.js';
import { canonicalUnit, toCanonicalValue, UCUM } from '../values/ucum-unit.js';
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
  const [low, high] = boundsBy(textOf(object['comparator']), number);
  collector.quantity(indexOf(parameter, low, high, object));
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
    collector.quantity(indexOf(parameter, low ?? -Infinity, high ?? Infinity, unit));
  },
};

/** No value is in a range whose low is above its high (rng-2). */
function isInverted(low: number | undefined, high: number | undefined): boolean {
  return low !== undefined && high !== undefined && low > high;
}

function partOf(value: Json, name: string): JsonObject {
  return objectOf(objectOf(value)?.[name]) ?? {};
}

/** `< 5` is any value below: the range that it leaves open. */
function boundsBy(comparator: string | undefined, value: number): readonly [low: number, high: number] {
  if (comparator === '<' || comparator === '<=') return [-Infinity, value];
  if (comparator === '>' || comparator === '>=') return [value, Infinity];
  return [value, value];
}

function indexOf(parameter: string, low: number, high: number, stated: JsonObject): QuantityIndex {
  const system = textOf(stated['system']) ?? '';
  const code = textOf(stated['code']) ?? '';
  const unit = textOf(stated['unit']);
  const canonical = system === UCUM ? canonicalUnit(code) : undefined;
  return {
    parameter,
    low,
    high,
    system: indexKey(system),
    code: indexKey(code),
    ...(unit === undefined ? {} : { unit: indexKey(unit) }),
    ...(canonical === undefined
      ? {}
      : {
          canonical: {
            unit: canonical.unit,
            low: toCanonicalValue(low, canonical),
            high: toCanonicalValue(high, canonical),
          },
        }),
  };
}
