import type { ClientBase } from 'pg';
import { v5 } from 'uuid';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

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

/** Namespace of dead letter ids (a random UUID, fixed). */
const NAMESPACE = 'b2a3f6f0-6f0c-4c55-9d27-2a7f0a7de0a4';

/** The dead letter of a group for a record of the log. `reason` must not quote the record. */
export function deadLetterAt(
  group: string,
  record: Pick<DeadLetter, 'topic' | 'partition' | 'offset' | 'key' | 'value'>,
  tenant: number,
  reason: string,
): DeadLetter {
  const { topic, partition, offset, key, value } = record;
  const id = v5(`${group}/${topic}/${partition}/${offset}`, NAMESPACE);
  return { tenant, id, group, topic, partition, offset, key, value, reason };
}

/** Characters that Postgres cannot store as text. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

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
      textArray(letters.map((letter) => storableText(letter.key))),
      textArray(letters.map((letter) => storableText(letter.value))),
      textArray(letters.map((letter) => storableText(letter.reason))),
    ],
  });
}
