import { UcumLhcUtils } from '@lhncbc/ucum-lhc';

export const UCUM = 'http://unitsofmeasure.org';

/** How values of a unit become values of the base units of UCUM that its dimension consists of: value × factor + offset. */
export interface CanonicalUnit {
  /** Base units with their exponents, `g.m-3`; `1` for none. */
  readonly unit: string;
  readonly factor: number;
  readonly offset: number;
}

/** The characters of UCUM codes. About some others, and about empty brackets, the library would write a line to the console. */
const UCUM_CODE = /^(?!.*\(\))[\w%*'".^/+()[\]{}-]{1,60}$/;
const MAX_CACHED = 2000;
const cache = new Map<string, CanonicalUnit | undefined>();

/**
 * The canonical form of a UCUM unit; undefined for what UCUM does not know, for arbitrary units (`[IU]`), which it says are comparable
 * with no other, and for scales that are not linear (`[pH]`).
 */
export function canonicalUnit(code: string): CanonicalUnit | undefined {
  if (!UCUM_CODE.test(code)) return undefined;
  if (cache.has(code)) return cache.get(code);
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
  const [zero, one, many] = [0, 1, 1000].map((value) => inBaseUnits(code, value));
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
