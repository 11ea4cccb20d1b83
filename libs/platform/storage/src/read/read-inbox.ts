import type { Pool } from 'pg';
import type { AlertStatus, Severity } from '#libs/contracts';
import { IS_PRESENT } from '../ward/patient-labels.js';
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
 * Page of the episodes that have not ended: group by group in the order given, within one the longest waiting first. Alerts of a patient
 * who was deleted or merged into another are not of the inbox: nobody can see to them. Each group is read along its index, so a page costs the
 * same however many alerts there are.
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
        SELECT ${EPISODE}, status, severity FROM alert_episodes t
        WHERE tenant = $1 AND NOT closed AND status = g.status AND severity = g.severity AND ($4::text IS NULL OR patient = $4)
          AND ($5::float8 IS NULL OR g.place > 1 OR (raised_at, id) > (to_timestamp($5 / 1000), $6::uuid)) AND ${IS_PRESENT}
        ORDER BY raised_at, t.id LIMIT $7) AS e
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

/** How many alerts of these groups have not ended. Whether a patient is present is looked up once, however many alerts they have. */
export async function inboxCount(
  pool: Pool,
  tenant: number,
  groups: readonly InboxGroup[],
  patient?: string,
): Promise<number> {
  const { rows } = await pool.query<{ n: number }>({
    name: 'alert-inbox-count',
    text: `SELECT coalesce(sum(t.n), 0)::int AS n FROM (SELECT e.tenant, e.patient, count(*) AS n FROM alert_episodes e
        JOIN unnest($2::text[], $3::text[]) AS g (status, severity) ON e.status = g.status AND e.severity = g.severity
        WHERE e.tenant = $1 AND NOT e.closed AND ($4::text IS NULL OR e.patient = $4) GROUP BY e.tenant, e.patient) t
      WHERE ${IS_PRESENT}`,
    values: [tenant, groups.map(({ status }) => status), groups.map(({ severity }) => severity), patient ?? null],
  });
  return rows[0]?.n ?? 0;
}

const ENDED = ['resolved', 'retrospective', 'retracted'] as const satisfies readonly AlertStatus[];
type EndedStatus = (typeof ENDED)[number];

/** Absent: any. */
interface EndedFilter {
  readonly patient?: string | undefined;
  readonly status?: EndedStatus | undefined;
  readonly severity?: Severity | undefined;
}

const SEVERITIES = ['high', 'medium', 'low'] as const satisfies readonly Severity[];

function takenBy({ patient, status, severity }: EndedFilter): readonly unknown[] {
  return [status === undefined ? ENDED : [status], severity === undefined ? SEVERITIES : [severity], patient ?? null];
}

/**
 * Page of the episodes that have ended, the newest first, of patients who are present. Each status and severity is read along its index, so a
 * page costs the same however many alerts there are.
 */
export async function endedPage(
  pool: Pool,
  tenant: number,
  filter: EndedFilter,
  { after, limit }: { readonly after?: Pick<InboxPlace, 'raisedAt' | 'id'> | undefined; readonly limit: number },
): Promise<readonly EpisodeRow[]> {
  const { rows } = await pool.query<EpisodeRow>(
    `SELECT e.* FROM unnest($2::text[]) AS s (status), unnest($3::text[]) AS g (severity), LATERAL (
        SELECT ${EPISODE} FROM alert_episodes t
        WHERE tenant = $1 AND closed AND status = s.status AND severity = g.severity AND ($4::text IS NULL OR patient = $4) AND ${IS_PRESENT}
          AND raised_at <= coalesce(to_timestamp($5::float8 / 1000), 'infinity')
          AND ($5::float8 IS NULL OR raised_at < to_timestamp($5 / 1000) OR t.id > $6::uuid)
        ORDER BY raised_at DESC, t.id LIMIT $7) AS e
      ORDER BY e."raisedAt" DESC, e.id::uuid LIMIT $7`,
    [tenant, ...takenBy(filter), after?.raisedAt ?? null, after?.id ?? null, limit],
  );
  return rows;
}

/** How many have ended. */
export async function endedCount(pool: Pool, tenant: number, filter: EndedFilter): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT coalesce(sum(t.n), 0)::int AS n FROM (SELECT e.tenant, e.patient, count(*) AS n FROM alert_episodes e
        WHERE e.tenant = $1 AND e.closed AND e.status = ANY ($2::text[]) AND e.severity = ANY ($3::text[]) AND ($4::text IS NULL OR e.patient = $4)
        GROUP BY e.tenant, e.patient) t
      WHERE ${IS_PRESENT}`,
    [tenant, ...takenBy(filter)],
  );
  return rows[0]?.n ?? 0;
}
