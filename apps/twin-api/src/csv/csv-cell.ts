/** What spreadsheets take for the beginning of a formula, and what they skip before one. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A text as a cell of CSV (RFC 4180). One that a spreadsheet would run as a formula begins with an apostrophe, which shows it as a text. Numbers
 * are not given to this: a negative one is no formula.
 */
export function textCell(text: string): string {
  const defused = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
