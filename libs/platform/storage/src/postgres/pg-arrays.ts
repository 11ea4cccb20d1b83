/**
 * Array literals of PostgreSQL (manual, 8.15.2), made here because pg's own encoder visits every element with checks that
 * the bulk of our columns (numbers, uuids, booleans) does not need.
 */

/** Numbers, booleans or uuids: nothing in them needs quotes. null and undefined become NULL. */
export function plainArray(values: readonly (number | boolean | string | null | undefined)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += values[i] ?? 'NULL';
  }
  return `${text}}`;
}

/** Any text, quoted. null and undefined become NULL. */
export function textArray(values: readonly (string | null | undefined)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i];
    text += value == null ? 'NULL' : quoted(value);
  }
  return `${text}}`;
}

/**
 * JSON texts without quoting: JSON escapes control characters, so one of them can stand between. Read it with
 * `string_to_array($n, SEPARATOR)`; for no values at all write no statement.
 */
export function jsonList(values: readonly string[]): string {
  return values.join('\u0001');
}
export const SEPARATOR = String.raw`E'\x01'`;

function quoted(value: string): string {
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, String.raw`\$&`) : value}"`;
}
