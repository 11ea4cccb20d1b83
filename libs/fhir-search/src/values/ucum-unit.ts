import { UcumLhcUtils } from '@lhncbc/ucum-lhc';

export const UCUM = 'http://unitsofmeasure.org';

/** How values of a unit become values of the base units of UCUM that its dimension consists of: value × factor + offset. */
export interface CanonicalUnit {
  /** Base units with their exponents, `g.m-3`; `1` for none. */
  readonly unit: string;
  readonly factor: number;
  readonly offset: number;
}

/**
 * The characters of UCUM codes; an annotation in braces ends a unit and means nothing. About what is not of this form the library would
 * write lines to the console, with the code in them.
 */
const UCUM_CODE = /^(?:[\w%*'".^/+()[\]-]|\{[ -z|~]*\}(?=[./)]|$))+$/;
const MAX_LENGTH = 60;
const MAX_CACHED = 2000;
const cache = new Map<string, CanonicalUnit | undefined>();

/**
 * The canonical form of a UCUM unit; undefined for what UCUM does not know, for arbitrary units (`[IU]`), which it says are comparable
 * with no other, and for scales that are not linear (`[pH]`).
 */
export function canonicalUnit(code: string): CanonicalUnit | undefined {
  const known = cache.get(code);
  if (known !== undefined || cache.has(code)) return known;
  if (code.length > MAX_LENGTH || !UCUM_CODE.test(code)) return undefined;
  if (cache.size >= MAX_CACHED) cache.clear();
  const unit = find(code);
  cache.set(code, unit);
  return unit;
}

/** A value in the canonical unit, with 12 digits: what is equal in two units comes out equal. */
export function toCanonicalValue(value: number, { factor, offset }: CanonicalUnit): number {
  return Number.isFinite(value) ? Number((value * factor + offset).toPrecision(12)) : value;
}

function find(code: string): CanonicalUnit | undefined {
  // `{beats}/min` is `1/min`, `mL{total}` is `mL`.
  const bare = code.replace(/(^|[./(])\{[^}]*\}/g, '$11').replace(/\{[^}]*\}/g, '');
  const [zero, one, many] = bare.includes('()') ? [] : [0, 1, 1000].map((value) => inBaseUnits(bare, value));
  if (zero === undefined || one === undefined || many === undefined) return undefined;
  const offset = zero.value;
  const factor = (many.value - offset) / 1000;
  const isLinear = Math.abs(one.value - (factor + offset)) <= 1e-9 * Math.abs(one.value);
  return isLinear && factor > 0 && Number.isFinite(factor) ? { unit: one.unit, factor, offset } : undefined;
}

function inBaseUnits(code: string, value: number): { readonly unit: string; readonly value: number } | undefined {
  const result = UcumLhcUtils.getInstance().convertToBaseUnits(code, value);
  if (result.status !== 'succeeded' || result.magnitude === undefined || result.unitToExp === undefined)
    return undefined;
  const base = Object.entries(result.unitToExp)
    .map(([unit, exponent]) => (exponent === 1 ? unit : `${unit}${exponent}`))
    .sort();
  return { unit: base.length === 0 ? '1' : base.join('.'), value: result.magnitude };
}
