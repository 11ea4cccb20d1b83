import { canonicalUnit, toCanonicalValue, UCUM } from '../../values/ucum-unit.js';
import { indexKey } from '../../values/index-key.js';
import { prefixOf } from './date-value.js';
import { splitAt, unescape } from './escapes.js';
import type { NumberValue, QuantityValue } from '../search-query.js';
import { refuseValue } from '../search-refusal.js';

const NUMBER = /^[+-]?(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A number and the range that its precision means: `100` is [99.5, 100.5), `100.00` [99.995, 100.005). Of `1e2` R4 says [95, 105), so a single
 * digit with an exponent counts as two. `ap` is a tenth to each side.
 */
export function numberValue(text: string): NumberValue {
  const { prefix, rest } = prefixOf(text);
  const [, whole = '', decimals = '', exponent] = NUMBER.exec(rest) ?? [];
  const value = Number(rest);
  if (whole === '' || !Number.isFinite(value)) refuseValue('the value is no number, such as 100, 5.40 or 1e-3');
  const lastDigit = (exponent === undefined ? 0 : Number(exponent)) - decimals.length;
  const isOneDigit = exponent !== undefined && whole.length === 1 && decimals === '';
  const half = prefix === 'ap' ? Math.abs(value) / 10 : Number(`${isOneDigit ? 0.05 : 0.5}e${lastDigit}`);
  return { prefix, value, ...around(value, digits(value - half), digits(value + half)) };
}

export function quantityValue(text: string): QuantityValue {
  const [number = '', ...unit] = splitAt(text, '|');
  if (unit.length !== 0 && unit.length !== 2)
    refuseValue('the value is no quantity: a number, or number|system|code, or number||code');
  const plain = numberValue(number);
  const [system = '', code = ''] = unit.map(unescape);
  const canonical = system === UCUM && code !== '' ? canonicalUnit(code) : undefined;
  const stated = {
    ...(system === '' ? {} : { system: indexKey(system) }),
    ...(code === '' ? {} : { code: indexKey(code) }),
  };
  if (canonical === undefined) return { ...plain, ...stated };
  const value = toCanonicalValue(plain.value, canonical);
  const range = around(value, toCanonicalValue(plain.low, canonical), toCanonicalValue(plain.high, canonical));
  return { prefix: plain.prefix, value, ...range, ...stated, canonical: canonical.unit };
}

/** Where the precision is finer than that of a double, the range holds at least the number itself. */
function around(value: number, low: number, high: number): { readonly low: number; readonly high: number } {
  const next = value + Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
  return { low: Math.min(low, value), high: Math.max(high, next) };
}

/** 0.1 + 0.05 as 0.15. */
function digits(value: number): number {
  return Number(value.toPrecision(15));
}
