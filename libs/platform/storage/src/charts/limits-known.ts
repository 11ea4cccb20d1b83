import type { Pool } from 'pg';
import type { SetLimits, TwinState } from '#libs/domain/twin';
import { factsAt } from '../read/read-facts.js';

/** What the limits of a patient follow from. */
export interface KnownLimits extends Pick<TwinState, 'facts' | 'thresholds' | 'tenantThresholds'> {
  /** Of the limits that were set for the patient, by rule. */
  readonly versions: ReadonlyMap<string, number>;
}

/** Set limits of both layers, and facts that had begun, as it was known at `knownAt` (ms). */
export async function limitsKnownAt(pool: Pool, tenant: number, twin: string, knownAt: number): Promise<KnownLimits> {
  const [facts, ofPatient, ofTenant] = await Promise.all([
    factsAt(pool, tenant, twin, knownAt, knownAt),
    newestLimits(pool, 'kept, version FROM thresholds WHERE tenant = $1 AND twin = $3', [tenant, knownAt, twin]),
    newestLimits(pool, 'NULL AS kept, version FROM tenant_thresholds WHERE tenant = $1', [tenant, knownAt]),
  ]);
  const states = facts.map(({ kind, reference, version, content, from, to }) => {
    const span = { ...(from === null ? undefined : { from }), ...(to === null ? undefined : { to }) };
    return [reference, { kind: kind as TwinState['facts'][string]['kind'], version, content, ...span }] as const;
  });
  return {
    facts: Object.fromEntries(states),
    thresholds: entriesOf(ofPatient),
    tenantThresholds: entriesOf(ofTenant),
    versions: new Map(ofPatient.map(({ rule, version }) => [rule, version])),
  };
}

interface Row extends Pick<SetLimits, 'limits' | 'author' | 'reason'> {
  readonly rule: string;
  readonly expiresAt: number | null;
  readonly kept: SetLimits['kept'] | null;
  readonly version: number;
}

/** The newest entry of each rule by then: what a value measured then is evaluated with. */
async function newestLimits(pool: Pool, from: string, values: readonly unknown[]): Promise<readonly Row[]> {
  const { rows } = await pool.query<Row>(
    `SELECT DISTINCT ON (rule) rule, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt", ${from}
       AND recorded_at <= to_timestamp($2::float8 / 1000) ORDER BY rule, version DESC`,
    [...values],
  );
  return rows;
}

function entriesOf(rows: readonly Row[]): Readonly<Record<string, readonly SetLimits[]>> {
  return Object.fromEntries(
    rows.map(({ rule, limits, author, reason, expiresAt, kept }) => {
      const more = {
        ...(expiresAt === null ? undefined : { expiresAt }),
        ...(kept === null || kept === undefined ? undefined : { kept }),
      };
      return [rule, [{ after: null, limits, author, reason, ...more }]];
    }),
  );
}
