import type { ClientBase } from 'pg';
import type { Answer, IdempotencyKey, Repetition } from '#libs/fhir-rest';

/** How long the answer to a key is kept, in SQL; the engine's maintenance job removes it afterwards. */
const KEPT = `interval '24 hours'`;
/** Class of the advisory locks of keys in use. */
const KEY_LOCK = 0x49_4b;

/**
 * Claims a client's key for the transaction: nobody else has it until the transaction ends. Says when the key was used before, or is
 * being used.
 */
export async function claimKey(
  client: ClientBase,
  tenant: number,
  { client: whose, key, hash }: IdempotencyKey,
): Promise<Repetition | undefined> {
  const locked = client.query<{ held: boolean }>({
    name: 'key-claim',
    text: `SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS held`,
    values: [KEY_LOCK, JSON.stringify([tenant, whose, key])],
  });
  // A statement of its own, because it must see what whoever had the lock before has committed.
  const found = client.query<{ request_hash: string; answer: string | null }>({
    name: 'key-find',
    text: `SELECT request_hash, answer FROM idempotency_keys
      WHERE tenant = $1 AND client = $2 AND key = $3 AND at >= now() - ${KEPT}`,
    values: [tenant, whose, key],
  });
  const [{ rows: locks }, { rows: firsts }] = await Promise.all([locked, found]);
  if (locks[0]?.held !== true) return { kind: 'in-progress' };
  const first = firsts[0];
  if (first === undefined) return undefined;
  if (first.request_hash !== hash) return { kind: 'key-reused' };
  // Written in the transaction that used the key.
  if (first.answer === null) throw new Error('a key was used and no answer kept');
  return { kind: 'repeated', answer: JSON.parse(first.answer) as Answer };
}

/** Keeps the answer of the request that claimed the key. */
export async function keepAnswer(
  client: ClientBase,
  tenant: number,
  { client: whose, key, hash }: IdempotencyKey,
  answer: Answer,
): Promise<void> {
  await client.query({
    name: 'key-keep',
    text: `INSERT INTO idempotency_keys AS k (tenant, client, key, request_hash, answer, at) VALUES ($1, $2, $3, $4, $5, now())
      ON CONFLICT (tenant, client, key) DO UPDATE SET request_hash = excluded.request_hash, answer = excluded.answer, at = excluded.at
      WHERE k.at < now() - ${KEPT}`,
    values: [tenant, whose, key, hash, JSON.stringify(answer)],
  });
}
