import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase } from '#libs/testing';
import { binaryBytesArray, binaryTextArray, textArray } from './pg-arrays.js';
import { createPool } from './pool.js';

const TEXTS = [
  '',
  '{}',
  '{"a":"b"}',
  String.raw`\"{,}`,
  'NULL',
  'é',
  '日本語',
  '🩺',
  'a\nb\u0001c',
  'x'.repeat(100_000),
];

describe('arrays', () => {
  let pool: Pool;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createTestDatabase();
    pool = createPool(database.url, { max: 1 });
    drop = () => database.drop();
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await drop();
  });

  it.each([
    ['in text form', textArray],
    ['in binary form', binaryTextArray],
  ])('of texts arrive %s as they were sent, in their order', async (_, write) => {
    const { rows } = await pool.query<{ text: string }>(
      'SELECT u.text FROM unnest($1::text[]) WITH ORDINALITY AS u (text, n) ORDER BY u.n',
      [write(TEXTS)],
    );

    expect(rows.map(({ text }) => text)).toEqual(TEXTS);
  });

  it.each([
    ['some of them NULL', [null, Uint8Array.of(), Uint8Array.of(0, 255, 10), null, new Uint8Array(100_000).fill(7)]],
    ['none of them NULL', [Uint8Array.of(1), Uint8Array.of(0)]],
    ['none at all', []],
  ])('of bytes arrive as they were sent, %s', async (_, sent) => {
    const { rows } = await pool.query<{ bytes: Buffer | null }>(
      'SELECT u.bytes FROM unnest($1::bytea[]) WITH ORDINALITY AS u (bytes, n) ORDER BY u.n',
      [binaryBytesArray(sent)],
    );

    expect(rows.map(({ bytes }) => bytes && [...bytes])).toEqual(sent.map((bytes) => bytes && [...bytes]));
  });
});
