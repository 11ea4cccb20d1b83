import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { v7 as uuid } from 'uuid';
import { twinKey, TOPICS, type ActRecord } from '#libs/contracts';
import { appendInTransaction } from '#libs/platform/messaging';
import type { Access } from '#libs/platform/auth';
import { Problem } from '#libs/platform/http';
import { inTransaction } from '#libs/platform/storage';

/** An act as its route took it: who, for whom, and under which `Idempotency-Key`. */
export interface ActCall {
  readonly access: Access;
  /** The person that the request names; that of the token or session otherwise. */
  readonly onBehalfOf?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** What becomes durable of an act: `target` for the audit, `patient` whose log it enters. */
export interface Act {
  readonly target: string;
  readonly patient: string;
  readonly does: ActRecord['does'];
}

/** How long the answer to a key is kept, in SQL; the engine's maintenance job removes it afterwards. */
const KEPT = `interval '24 hours'`;

/**
 * By reference in FHIR where the token or the account has one, else by the name of who signed in.
 *
 * @throws Problem 400 when the request names another person
 */
export function personBehind({ access, onBehalfOf }: ActCall): string | undefined {
  const person = access.fhirUser ?? access.session?.user;
  if (person === undefined || onBehalfOf === undefined || onBehalfOf === person) return person ?? onBehalfOf;
  throw new Problem(400, 'invalid', 'the request names another person than the token', [
    { pointer: '/onBehalfOf', code: 'not-the-token-person', detail: 'must be the person of the token, or absent' },
  ]);
}

/**
 * Runs `work` in one transaction, once for each idempotency key of a client: a repeat within 24 hours is given the answer of the first and
 * changes nothing, also when both run at once. A refusal is not kept: the same key may be tried again.
 *
 * @param request what the key stands for; the same key for anything else is refused
 * @throws Problem 422 `idempotency-key-reused`
 */
export async function once<T extends object>(
  pool: Pool,
  { access, idempotencyKey }: ActCall,
  request: unknown,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  if (idempotencyKey === undefined) return inTransaction(pool, work);
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const place = [access.tenant.key, access.client, idempotencyKey];
  return inTransaction(pool, async (client) => {
    // Waits for another transaction that claims the same key.
    const claimed = await client.query(
      `INSERT INTO idempotency_keys AS k (tenant, client, key, request_hash, at) VALUES ($1, $2, $3, $4, now())
      ON CONFLICT (tenant, client, key) DO UPDATE SET request_hash = excluded.request_hash, answer = NULL, at = now()
      WHERE k.at < now() - ${KEPT}`,
      [...place, hash],
    );
    if (claimed.rowCount === 0) return answerOfFirst<T>(client, place, hash);
    const answer = await work(client);
    await client.query(`UPDATE idempotency_keys SET answer = $4 WHERE tenant = $1 AND client = $2 AND key = $3`, [
      ...place,
      JSON.stringify(answer),
    ]);
    return answer;
  });
}

async function answerOfFirst<T>(client: PoolClient, place: readonly unknown[], hash: string): Promise<T> {
  const { rows } = await client.query<{ request_hash: string; answer: string }>(
    `SELECT request_hash, answer FROM idempotency_keys WHERE tenant = $1 AND client = $2 AND key = $3`,
    [...place],
  );
  const first = rows[0];
  if (first?.request_hash !== hash) {
    throw new Problem(
      422,
      'idempotency-key-reused',
      'this Idempotency-Key was used for another request; use a new one',
    );
  }
  return JSON.parse(first.answer) as T;
}

/** Writes an act to the audit and to the patient's log; answers its id. */
export async function recordAct(client: PoolClient, call: ActCall, act: Act, receivedAt: number): Promise<string> {
  const id = uuid();
  const { tenant, client: actor } = call.access;
  await audit(client, call, { id, ...act }, receivedAt);
  const onBehalfOf = personBehind(call);
  const record: ActRecord = {
    v: 1,
    kind: 'act',
    tenant: tenant.key,
    patient: act.patient,
    receivedAt,
    act: id,
    actor,
    ...(onBehalfOf === undefined ? undefined : { onBehalfOf }),
    does: act.does,
  };
  const key = twinKey(tenant.key, 'patient', act.patient);
  await appendInTransaction(client, [{ topic: TOPICS.patientInput, key, value: JSON.stringify(record) }]);
  return id;
}

/** Who did what to what, by which client and on whose behalf. */
export async function audit(
  client: PoolClient,
  call: ActCall,
  { id, target, does }: Pick<Act, 'target' | 'does'> & { readonly id: string },
  receivedAt: number,
): Promise<void> {
  await client.query(
    `INSERT INTO audit (tenant, id, at, actor, act, target, detail, on_behalf_of)
    VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6, $7, $8)`,
    [
      call.access.tenant.key,
      id,
      receivedAt,
      call.access.client,
      does.type,
      target,
      JSON.stringify(does),
      personBehind(call) ?? null,
    ],
  );
}
