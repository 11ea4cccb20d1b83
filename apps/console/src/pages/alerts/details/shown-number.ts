import { strings } from '../../../strings/strings.js';

const shown = new Intl.NumberFormat(strings.locale, { maximumSignificantDigits: 6 });

/** A value of the API for reading: at most six significant digits. */
export function shownNumber(value: number): string {
  return shown.format(value);
}
