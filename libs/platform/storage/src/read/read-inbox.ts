import type { Pool } from 'pg';
import type { AlertStatus, Severity } from '#libs/contracts';
import { EPISODE, type EpisodeRow } from './read-alerts.js';

/** Alerts of one status and severity, the longest waiting first. */
export interface InboxGroup {
  readonly status: AlertStatus;
  readonly severity: Severity;
}

/** Place in the inbox. */
export interface InboxPlace extends InboxGroup {
  /** ms */
  readonly raisedAt: number;
  readonly id: string;
}

export interface InboxRow extends EpisodeRow, InboxGroup {}

/**
 * Page of the episodes that have not ended: group by group in the order given, within one the longest waiting first. Each group is read along
 * its index, so a page costs the same however many alerts there are.
 *
 * @param groups those from the one of `after` on, where it is given
 */
export async function inboxPage(
  pool: Pool,
  tenant: number,
  asked: {
    readonly groups: readonly InboxGroup[];
    readonly patient?: string | undefined;
    readonly after?: InboxPlace | undefined;
    readonly limit: number;
  },
): Promise<readonly InboxRow[]> {
  const { groups, patient, after, limit } = asked;
  const { rows } = await pool.query<InboxRow>({
    name: 'alert-inbox',
    text: `SELECT e.* FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS g (status, severity, place), LATERAL (
        SELECT ${EPISODE}, status, severity FROM alert_episodes
        WHERE tenant = $1 AND NOT closed AND status = g.status AND severity = g.severity AND ($4::text IS NULL OR patient = $4)
          AND ($5::float8 IS NULL OR g.place > 1 OR (raised_at, id) > (to_timestamp($5 / 1000), $6::uuid))
        ORDER BY raised_at, alert_episodes.id LIMIT $7) AS e
      ORDER BY g.place, e."raisedAt", e.id::uuid LIMIT $7`,
    values: [
      tenant,
      groups.map(({ status }) => status),
      groups.map(({ severity }) => severity),
      patient ?? null,
      after?.raisedAt ?? null,
      after?.id ?? null,
      limit,
    ],
  });
  return rows;
}

/** How many alerts of these groups have not ended. */
export async function inboxCount(
  pool: Pool,
  tenant: number,
  groups: readonly InboxGroup[],
  patient?: string,
): Promise<number> {
  const { rows } = await pool.query<{ n: number }>({
    name: 'alert-inbox-count',
    text: `SELECT count(*)::int AS n FROM alert_episodes e
      JOIN unnest($2::text[], $3::text[]) AS g (status, severity) ON e.status = g.status AND e.severity = g.severity
      WHERE e.tenant = $1 AND NOT e.closed AND ($4::text IS NULL OR e.patient = $4)`,
    values: [tenant, groups.map(({ status }) => status), groups.map(({ severity }) => severity), patient ?? null],
  });
  return rows[0]?.n ?? 0;
}
