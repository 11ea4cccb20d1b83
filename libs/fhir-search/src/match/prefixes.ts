import type { DateValue, NumberValue } from '../query/search-query.js';
import type { DatePeriod } from '../values/date-period.js';

/**
 * The prefixes of R4 (search.html#prefix) between what an element means (a period, a range) and what a request means. "Contains" is that the
 * request's range has the element's whole range in it.
 */
export function dateMatches(element: DatePeriod, { prefix, from, to }: DateValue): boolean {
  const isContained = from <= element.from && element.to <= to;
  switch (prefix) {
    case 'eq':
      return isContained;
    case 'ne':
      return !isContained;
    case 'gt':
      return element.to > to;
    case 'lt':
      return element.from < from;
    case 'ge':
      return element.to > to || isContained;
    case 'le':
      return element.from < from || isContained;
    case 'sa':
      return element.from > to;
    case 'eb':
      return element.to < from;
    case 'ap':
      return element.from <= to && element.to >= from;
  }
}

/** low ≤ high of an element; one number is both. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Of numbers the precision counts for `eq`, `ne` and `ap` only; the others compare with the very number. `ge` and `le` take it in: 10 or more
 * may be 10, which is 10 or less.
 */
export function numberMatches(element: Bounds, { prefix, value, low, high }: NumberValue): boolean {
  const isContained = low <= element.low && element.high < high;
  switch (prefix) {
    case 'eq':
      return isContained;
    case 'ne':
      return !isContained;
    case 'gt':
      return element.high > value;
    case 'lt':
      return element.low < value;
    case 'ge':
      return element.high >= value;
    case 'le':
      return element.low <= value;
    case 'sa':
      return element.low > value;
    case 'eb':
      return element.high < value;
    case 'ap':
      return element.low <= high && element.high >= low;
  }
}
