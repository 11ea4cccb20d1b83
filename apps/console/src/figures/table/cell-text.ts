import { strings } from '../../strings/strings.js';
import type { Cell } from './csv.js';

const shown = new Intl.NumberFormat(strings.locale, { maximumSignificantDigits: 4 });

/** A figure for reading; in words where there is none. */
export function cellText(cell: Cell): string {
  if (cell === null) return strings.figures.none;
  return typeof cell === 'number' ? shown.format(cell) : cell;
}
