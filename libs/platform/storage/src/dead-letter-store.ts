import type { ClientBase } from 'pg';
import { plainArray, textArray } from './pg-arrays.js';

/** A record that could not be applied. `id` is derived from its place in the log, so that a repeat changes nothing. */
export interface DeadLetter {
  readonly tenant: number;
  readonly id: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: string;
  readonly reason: string;
}

/** Characters that Postgres cannot store as text. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

export async function writeDeadLetters(client: ClientBase, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  await client.query({
    name: 'dead-letters-insert',
    text: `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at)
      SELECT u.*, now() FROM unnest($1::int4[], $2::uuid[], $3::text[], $4::text[], $5::int4[], $6::int8[], $7::text[], $8::text[],
        $9::text[]) AS u
      ON CONFLICT DO NOTHING`,
    values: [
      plainArray(letters.map((letter) => letter.tenant)),
      plainArray(letters.map((letter) => letter.id)),
      textArray(letters.map((letter) => letter.group)),
      textArray(letters.map((letter) => letter.topic)),
      plainArray(letters.map((letter) => letter.partition)),
      plainArray(letters.map((letter) => String(letter.offset))),
      textArray(letters.map((letter) => letter.key.replace(UNSTORABLE, '\uFFFD'))),
      textArray(letters.map((letter) => letter.value.replace(UNSTORABLE, '\uFFFD'))),
      textArray(letters.map((letter) => letter.reason)),
    ],
  });
}
