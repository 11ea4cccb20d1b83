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

const TEXT_OID = 25;
const HEAD_BYTES = 20;

/**
 * A `text[]` in PostgreSQL's binary form (`array_recv`: dimensions, nulls, element type, length, lower bound, then each element behind its length), for long
 * texts: nothing is quoted, joined or looked through, neither here nor there.
 */
export function binaryTextArray(values: readonly string[]): Buffer {
  const lengths = values.map((value) => Buffer.byteLength(value));
  const buffer = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, HEAD_BYTES));
  let at = 0;
  for (const word of [1, 0, TEXT_OID, values.length, 1]) at = buffer.writeInt32BE(word, at);
  for (let i = 0; i < values.length; i++) {
    at = buffer.writeInt32BE(lengths[i]!, at);
    at += buffer.write(values[i]!, at);
  }
  return buffer;
}

function quoted(value: string): string {
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, String.raw`\$&`) : value}"`;
}
