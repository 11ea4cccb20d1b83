import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createTestDatabase } from '#libs/testing';
import { binaryTextArray, textArray } from './pg-arrays.js';
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

describe('arrays of texts', () => {
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
  ])('arrive %s as they were sent, in their order', async (_, write) => {
    const { rows } = await pool.query<{ text: string }>(
      'SELECT u.text FROM unnest($1::text[]) WITH ORDINALITY AS u (text, n) ORDER BY u.n',
      [write(TEXTS)],
    );

    expect(rows.map(({ text }) => text)).toEqual(TEXTS);
  });
});
