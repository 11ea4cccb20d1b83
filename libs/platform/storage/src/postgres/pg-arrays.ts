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

const BYTEA_OID = 17;
const TEXT_OID = 25;
const HEAD_BYTES = 20;

/**
 * A `text[]` in PostgreSQL's binary form (`array_recv`: dimensions, nulls, element type, length, lower bound, then each element behind its length), for long
 * texts: nothing is quoted, joined or looked through, neither here nor there.
 */
export function binaryTextArray(values: readonly string[]): Buffer {
  const lengths = values.map((value) => Buffer.byteLength(value));
  return binaryArray(TEXT_OID, lengths, (buffer, at, n) => buffer.write(values[n]!, at));
}

/** A `bytea[]` in the same form. null becomes NULL. */
export function binaryBytesArray(values: readonly (Uint8Array | null)[]): Buffer {
  const lengths = values.map((value) => value?.length ?? NULL_LENGTH);
  return binaryArray(BYTEA_OID, lengths, (buffer, at, n) => buffer.set(values[n]!, at));
}

const NULL_LENGTH = -1;

function binaryArray(
  oid: number,
  lengths: readonly number[],
  write: (buffer: Buffer, at: number, n: number) => void,
): Buffer {
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), HEAD_BYTES);
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (const word of [1, Number(lengths.includes(NULL_LENGTH)), oid, lengths.length, 1])
    at = buffer.writeInt32BE(word, at);
  for (const [n, length] of lengths.entries()) {
    at = buffer.writeInt32BE(length, at);
    if (length === NULL_LENGTH) continue;
    write(buffer, at, n);
    at += length;
  }
  return buffer;
}

function quoted(value: string): string {
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, String.raw`\$&`) : value}"`;
}
