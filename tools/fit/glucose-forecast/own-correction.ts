import {
  correctionOf,
  HORIZONS,
  MINUTES,
  STRANGER,
  summed,
  termsOf,
  withTimeOfDay,
  type Person,
  type Weights,
} from '#libs/domain/glucose-forecast';
import { valuesAt, type Table } from './table.js';

const MINUTE = 60_000;
const SETTLED_AFTER = 135 * MINUTE;
const APART = 14.5 * MINUTE;

/**
 * Locations with each person's own correction, as the forecaster learns it: only from readings that have settled by then, one in 15 min. `base`: locations before it, by
 * horizon and row.
 */
export function corrected(
  table: Table,
  base: readonly Float64Array[],
  correction: Weights['correction'],
): readonly Float64Array[] {
  const out = base.map((locations) => Float64Array.from(locations));
  for (const { from, to } of table.people) {
    let person: Person = STRANGER;
    let next = from;
    let until = Number.NEGATIVE_INFINITY;
    for (let row = from; row < to; row++) {
      for (; next < row && table.t[next]! <= table.t[row]! - SETTLED_AFTER; next++) {
        if (table.t[next]! < until + APART) continue;
        until = table.t[next]!;
        const residuals = Float64Array.from(MINUTES, (_, h) => table.actual[h]![next]! - base[h]![next]!);
        if (!residuals.some(Number.isNaN))
          person = { ...person, ...summed(person, termsAt(table, correction, next), residuals) };
      }
      const own = correctionOf(person, correction.penalty, termsAt(table, correction, row));
      for (let h = 0; h < HORIZONS; h++) out[h]![row]! += own[h]!;
    }
  }
  return out;
}

function termsAt(table: Table, correction: Weights['correction'], row: number): Float64Array {
  return withTimeOfDay(termsOf(correction, valuesAt(table, row)), table.t[row]!);
}
