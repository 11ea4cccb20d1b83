import type { ClientBase } from 'pg';
import type { LimitOwner } from '#libs/domain/twin';

/** The newest limits of a rule that were set for a patient. */
export interface NewestLimits {
  readonly version: number;
  readonly limits: Readonly<Record<string, number>> | null;
  readonly author: string;
  readonly reason: string;
  /** ms */
  readonly expiresAt: number | null;
  readonly kept: Readonly<Record<string, LimitOwner>> | null;
}

/** An act that is not applied by then was refused by the engine, or the engine stands still: it does not stand in the way for longer. */
const UNDER_WAY = `interval '10 minutes'`;

/**
 * The newest limits of a rule of a patient, and whether somebody has set others that the engine has not applied yet. Until the transaction ends
 * nobody else sets limits of the patient through here.
 */
export async function newestLimitsForAct(
  client: ClientBase,
  {
    tenant,
    twin,
    patient,
    rule,
  }: { readonly tenant: number; readonly twin: string; readonly patient: string; readonly rule: string },
): Promise<{ readonly newest: NewestLimits | undefined; readonly isUnderWay: boolean }> {
  const { rows } = await client.query<NewestLimits & { readonly act: string | null }>(
    `SELECT version, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason, kept, act::text AS act,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt"
     FROM thresholds WHERE tenant = $1 AND twin = $2 AND rule = $3 ORDER BY version DESC LIMIT 1`,
    [tenant, twin, rule],
  );
  const acts = await client.query<{ id: string }>(
    `SELECT id::text AS id FROM audit
     WHERE tenant = $1 AND act = 'set-thresholds' AND at > now() - ${UNDER_WAY} AND target = 'Patient/' || $2
       AND detail->'thresholds' @> jsonb_build_array(jsonb_build_object('rule', $3::text))
     ORDER BY at DESC, id DESC LIMIT 1`,
    [tenant, patient, rule],
  );
  const [row] = rows;
  const [last] = acts.rows;
  if (row === undefined) return { newest: undefined, isUnderWay: last !== undefined };
  const { act, ...newest } = row;
  return { newest, isUnderWay: last !== undefined && act !== null && last.id !== act };
}

/** Waits until nobody else sets limits of the patient, and keeps others from it until the transaction ends. */
export async function lockLimits(client: ClientBase, tenant: number, patient: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`limits ${tenant} ${patient}`]);
}
