import type { Pool, PoolClient } from 'pg';
import type { Alert } from '#libs/contracts';

export interface EpisodeRow {
  readonly id: string;
  readonly patient: string;
  readonly closed: boolean;
  readonly raisedAt: number;
  /** Of the newest transition. */
  readonly sequence: number;
  readonly alert: Alert;
}

export interface TransitionRow {
  readonly id: string;
  readonly episode: string;
  readonly sequence: number;
  /** Place in the stream of all transitions; see {@link SettledTransitions}. */
  readonly stream: string;
  readonly transition: Alert['transition'];
  readonly at: number;
  readonly recordedAt: number;
  readonly alert: Alert;
}

// Alerts written before they carried it have the sequence beside them.
const NUMBERED = `alert || jsonb_build_object('sequence', sequence) AS alert`;
/** Columns of {@link EpisodeRow}. */
export const EPISODE = `id::text AS id, patient, closed, (extract(epoch FROM raised_at) * 1000)::float8 AS "raisedAt", sequence, ${NUMBERED}`;
const TRANSITION = `id::text AS id, episode::text AS episode, sequence, stream::text AS stream, transition,
  (extract(epoch FROM at) * 1000)::float8 AS at, (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt", ${NUMBERED}`;

export interface EpisodeFilter {
  readonly patient?: string | undefined;
  readonly status?: string | undefined;
  readonly severity?: string | undefined;
  readonly after?: { readonly raisedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Page of a tenant's episodes, newest first. */
export async function listEpisodes(pool: Pool, tenant: number, filter: EpisodeFilter): Promise<readonly EpisodeRow[]> {
  const { rows } = await pool.query<EpisodeRow>(
    `SELECT ${EPISODE} FROM alert_episodes
     WHERE tenant = $1 AND ($2::text IS NULL OR patient = $2) AND ($3::text IS NULL OR status = $3)
       AND ($4::text IS NULL OR severity = $4)
       AND ($5::float8 IS NULL OR raised_at < to_timestamp($5 / 1000) OR (raised_at = to_timestamp($5 / 1000) AND id > $6::uuid))
     ORDER BY raised_at DESC, alert_episodes.id LIMIT $7`,
    [
      tenant,
      filter.patient ?? null,
      filter.status ?? null,
      filter.severity ?? null,
      filter.after?.raisedAt ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
  return rows;
}

export async function findEpisode(db: Pool | PoolClient, tenant: number, id: string): Promise<EpisodeRow | undefined> {
  const { rows } = await db.query<EpisodeRow>(
    `SELECT ${EPISODE} FROM alert_episodes WHERE tenant = $1 AND id = $2::uuid`,
    [tenant, id],
  );
  return rows[0];
}

/** Every step of an episode, oldest first. */
export async function timelineOf(pool: Pool, tenant: number, episode: string): Promise<readonly TransitionRow[]> {
  const { rows } = await pool.query<TransitionRow>(
    `SELECT ${TRANSITION} FROM alert_transitions WHERE tenant = $1 AND episode = $2::uuid ORDER BY sequence`,
    [tenant, episode],
  );
  return rows;
}

/** Episodes of a twin that were open at `at`, as known at `knownAt` (ms); the alert as last emitted by then. */
export async function openAlertsAt(
  pool: Pool,
  tenant: number,
  twin: string,
  at: number,
  knownAt: number,
): Promise<readonly Alert[]> {
  const { rows } = await pool.query<{ alert: Alert }>(
    `SELECT t.alert FROM alert_episodes e, LATERAL (
       SELECT ${NUMBERED}, transition FROM alert_transitions
       WHERE tenant = e.tenant AND episode = e.id AND recorded_at <= to_timestamp($4::float8 / 1000)
       ORDER BY sequence DESC LIMIT 1) t
     WHERE e.tenant = $1 AND e.twin = $2 AND e.effective_at <= to_timestamp($3::float8 / 1000)
       AND t.alert->>'status' <> 'retracted'
       AND (t.alert->>'status' NOT IN ('resolved', 'retrospective') OR (t.alert->>'resolvedAt')::timestamptz > to_timestamp($3::float8 / 1000))
     ORDER BY e.raised_at DESC, e.id LIMIT 1000`,
    [tenant, twin, at, knownAt],
  );
  return rows.map((row) => row.alert);
}

/** True when a transition of the tenant has this place in the stream. */
export async function isTransition(pool: Pool, tenant: number, stream: bigint): Promise<boolean> {
  const { rows } = await pool.query('SELECT FROM alert_transitions WHERE tenant = $1 AND stream = $2', [
    tenant,
    stream.toString(),
  ]);
  return rows.length > 0;
}

/** Whether the stream of transitions has come to this place: a place beyond its end is of another database. */
export async function isReached(pool: Pool, stream: bigint): Promise<boolean> {
  const { rows } = await pool.query<{ reached: boolean }>(
    'SELECT last_value >= $1::int8 AS reached FROM alert_transitions_stream_seq',
    [stream.toString()],
  );
  return rows[0]?.reached ?? false;
}

/** A tenant's transitions with `after` < stream ≤ `upTo`, in stream order. */
export async function transitionsBetween(
  pool: Pool,
  tenant: number,
  after: bigint,
  upTo: bigint,
  limit: number,
): Promise<readonly TransitionRow[]> {
  const { rows } = await pool.query<TransitionRow>({
    name: 'transitions-between',
    text: `SELECT ${TRANSITION} FROM alert_transitions WHERE tenant = $1 AND stream > $2 AND stream <= $3 ORDER BY alert_transitions.stream LIMIT $4`,
    values: [tenant, after.toString(), upTo.toString(), limit],
  });
  return rows;
}

/**
 * Up to which position the stream of transitions is settled. Places are handed out when rows are written and become visible when their
 * transactions commit, in any order; a reader that went by visibility alone could pass a place that fills later. A place is settled once
 * every transaction that was running when it was handed out has ended.
 */
export class SettledTransitions {
  private upTo: bigint | undefined;
  private readonly marks: { readonly place: bigint; readonly before: bigint }[] = [];

  constructor(private readonly pool: Pool) {}

  /** Looks again; answers the newest settled place (undefined: not known yet), and whether later ones are already handed out. */
  async advance(): Promise<{ readonly upTo: bigint | undefined; readonly more: boolean }> {
    const place = await this.number(
      `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS n FROM alert_transitions_stream_seq`,
    );
    if (place > (this.marks.at(-1)?.place ?? this.upTo ?? -1n)) {
      // A transaction id of our own, taken after the place was read: whoever holds an earlier place has a lower one. (The xmax of a
      // snapshot will not do: it is the last completed id plus one, and running transactions may be past it.)
      this.marks.push({ place, before: await this.number(`SELECT pg_current_xact_id() AS n`) });
    }
    if (this.marks.length > 0) {
      const oldestRunning = await this.number(`SELECT pg_snapshot_xmin(pg_current_snapshot()) AS n`);
      while (this.marks[0] !== undefined && this.marks[0].before <= oldestRunning)
        this.upTo = this.marks.shift()?.place;
    }
    return { upTo: this.upTo, more: this.marks.length > 0 };
  }

  private async number(query: string): Promise<bigint> {
    const { rows } = await this.pool.query<{ n: string }>(query);
    return BigInt((rows[0] as { n: string }).n);
  }
}
