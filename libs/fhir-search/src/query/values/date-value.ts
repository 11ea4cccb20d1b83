import { datePeriod } from '../../values/date-period.js';
import type { QueryContext } from '../query-context.js';
import type { DateValue, Prefix } from '../search-query.js';
import { refuseValue } from '../search-refusal.js';

const PREFIXED = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+\d.])/;
/** `+` of an offset that a client did not encode arrives as a space. */
const SPACE_FOR_PLUS = /^(.{16,}) (\d\d:\d\d)$/;

/** Splits `ge2020` and `-5`: `eq` where no prefix stands. */
export function prefixOf(text: string): { readonly prefix: Prefix; readonly rest: string } {
  const prefix = PREFIXED.exec(text)?.[1] as Prefix | undefined;
  return prefix === undefined ? { prefix: 'eq', rest: text } : { prefix, rest: text.slice(2) };
}

export function dateValue(text: string, { now }: QueryContext): DateValue {
  const { prefix, rest } = prefixOf(text);
  const period = datePeriod(rest.replace(SPACE_FOR_PLUS, '$1+$2'));
  if (period === undefined)
    refuseValue('the value is no date that exists, such as 2026, 2026-03, 2026-03-01 or 2026-03-01T08:15:30Z');
  if (prefix !== 'ap' || now === undefined) return { prefix, ...period };
  // R4 recommends a tenth of the gap between now and the date.
  const margin = Math.round(Math.abs(now - (period.from + period.to) / 2) / 10);
  return { prefix, from: period.from - margin, to: period.to + margin };
}
