/**
 * What is remembered of one measure: its values by clock hour. An hour with few values keeps each of them, so that a later version is taken exactly; an hour
 * with more keeps their number and sum. Plain JSON, never mutated; what a later hour does not touch is shared with the memory before.
 */
export type Hour = FewValues | ManyValues;

/** One version of a measurement. */
export interface KeptValue {
  /** Whose it is: hash of its sensor × 2³² + 32-bit hash of its identity; see `value-keys.ts`. */
  readonly id: number;
  /** Effective time, ms. */
  readonly t: number;
  readonly x: number;
}

/** At most `MAX_FEW` values, ascending. */
export interface FewValues {
  readonly values: readonly KeptValue[];
}

export interface ManyValues {
  readonly n: number;
  /** In thousandths, a whole number: sums do not depend on the order of arrival. */
  readonly sum: number;
  /** The newest value. */
  readonly t: number;
  readonly x: number;
}

export const HOUR_MS = 3_600_000;
/** An hour with more values than these is a stream; a charted vital sign has one or two. */
const MAX_FEW = 3;
const THOUSAND = 1000;

export function hourOf(t: number): number {
  return Math.floor(t / HOUR_MS);
}

/** Time of the newest value. */
export function newestTime(hour: Hour): number {
  return 'values' in hour ? hour.values.at(-1)!.t : hour.t;
}

/** The newest value; of two at one moment the greater. */
export function newestValue(hour: Hour): number {
  return 'values' in hour ? hour.values.at(-1)!.x : hour.x;
}

export function countOf(hour: Hour): number {
  return 'values' in hour ? hour.values.length : hour.n;
}

export function meanOf(hour: Hour): number {
  if (!('values' in hour)) return hour.sum / THOUSAND / hour.n;
  if (hour.values.length === 1) return hour.values[0]!.x;
  let sum = 0;
  for (const { x } of hour.values) sum += x;
  return sum / hour.values.length;
}

/** Negative: `a` is before `b`. By time, then value, then identity: the same whatever the order of arrival. */
export function compareValues(a: KeptValue, b: KeptValue): number {
  return a.t - b.t || a.x - b.x || a.id - b.id;
}

/** The hour with one value more. */
export function withValue(hour: Hour | undefined, value: KeptValue): Hour {
  if (hour === undefined) return { values: [value] };
  if ('values' in hour) {
    if (hour.values.length < MAX_FEW) return { values: [...hour.values, value].sort(compareValues) };
    let sum = thousandths(value.x);
    let newest = value;
    for (const one of hour.values) {
      sum += thousandths(one.x);
      if (compareValues(one, newest) > 0) newest = one;
    }
    return { n: hour.values.length + 1, sum, t: newest.t, x: newest.x };
  }
  const isNewest = value.t > hour.t || (value.t === hour.t && value.x > hour.x);
  return {
    n: hour.n + 1,
    sum: hour.sum + thousandths(value.x),
    t: isNewest ? value.t : hour.t,
    x: isNewest ? value.x : hour.x,
  };
}

/**
 * The hour without a value that is in it; undefined: nothing is left. `newest`: the newest of its other values that are known singly; where many are
 * kept as a sum and none is, the mean of what is left stands for it.
 */
export function withoutValue(hour: Hour, value: KeptValue, newest: KeptValue | undefined): Hour | undefined {
  if ('values' in hour) {
    const values = hour.values.filter(({ id }) => id !== value.id);
    return values.length === 0 ? undefined : { values };
  }
  const n = hour.n - 1;
  const sum = hour.sum - thousandths(value.x);
  if (n < 1) return undefined;
  if (hour.t !== value.t || hour.x !== value.x) return { n, sum, t: hour.t, x: hour.x };
  return { n, sum, t: newest?.t ?? hour.t, x: newest?.x ?? sum / THOUSAND / n };
}

function thousandths(x: number): number {
  return Math.round(x * THOUSAND);
}
