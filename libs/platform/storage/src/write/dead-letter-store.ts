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

export async function writeDeadLetters(client: ClientBase, deadLetters: readonly DeadLetter[]): Promise<void> {
  if (deadLetters.length === 0) return;
  await client.query({
    name: 'dead-letters-insert',
    text: `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at)
      SELECT u.*, now() FROM unnest($1::int4[], $2::uuid[], $3::text[], $4::text[], $5::int4[], $6::int8[], $7::text[], $8::text[],
        $9::text[]) AS u
      ON CONFLICT DO NOTHING`,
    values: [
      plainArray(deadLetters.map((deadLetter) => deadLetter.tenant)),
      plainArray(deadLetters.map((deadLetter) => deadLetter.id)),
      textArray(deadLetters.map((deadLetter) => deadLetter.group)),
      textArray(deadLetters.map((deadLetter) => deadLetter.topic)),
      plainArray(deadLetters.map((deadLetter) => deadLetter.partition)),
      plainArray(deadLetters.map((deadLetter) => String(deadLetter.offset))),
      textArray(deadLetters.map((deadLetter) => storableText(deadLetter.key))),
      textArray(deadLetters.map((deadLetter) => storableText(deadLetter.value))),
      textArray(deadLetters.map((deadLetter) => storableText(deadLetter.reason))),
    ],
  });
}
