const shown = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 6 });

/** A value of the API for reading: in the viewer's language, at most six significant digits. */
export function shownNumber(value: number): string {
  return shown.format(value);
}
