import type { Pool } from 'pg';
import type { Alert } from '#libs/contracts';
import { NUMBERED } from '../read/read-alerts.js';
import { IS_PRESENT } from '../ward/patient-labels.js';

interface TransitionRow {
  readonly id: string;
  readonly episode: string;
  readonly sequence: number;
  /** Place in the stream of all transitions; see `SettledTransitions`. */
  readonly stream: string;
  readonly transition: Alert['transition'];
  readonly at: number;
  readonly recordedAt: number;
  readonly alert: Alert;
}

const TRANSITION = `id::text AS id, episode::text AS episode, sequence, stream::text AS stream, transition,
  (extract(epoch FROM at) * 1000)::float8 AS at, (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt", ${NUMBERED}`;

/** Every step of an episode, oldest first. */
export async function timelineOf(pool: Pool, tenant: number, episode: string): Promise<readonly TransitionRow[]> {
  const { rows } = await pool.query<TransitionRow>(
    `SELECT ${TRANSITION} FROM alert_transitions WHERE tenant = $1 AND episode = $2::uuid ORDER BY sequence`,
    [tenant, episode],
  );
  return rows;
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

/** A transition as streams send it. */
export interface StreamedTransition extends TransitionRow {
  /** False: its patient was deleted or merged into another, so nobody can see to the alert. */
  readonly isOfPresent: boolean;
}

/** A tenant's transitions with `after` < stream ≤ `upTo`, in stream order. */
export async function transitionsBetween(
  pool: Pool,
  tenant: number,
  after: bigint,
  upTo: bigint,
  limit: number,
): Promise<readonly StreamedTransition[]> {
  const { rows } = await pool.query<StreamedTransition>({
    name: 'transitions-between',
    text: `SELECT t.*, ${IS_PRESENT} AS "isOfPresent" FROM (
        SELECT ${TRANSITION}, tenant, alert ->> 'patient' AS patient, alert_transitions.stream AS place FROM alert_transitions
        WHERE tenant = $1 AND stream > $2 AND stream <= $3 ORDER BY alert_transitions.stream LIMIT $4) t
      ORDER BY t.place`,
    values: [tenant, after.toString(), upTo.toString(), limit],
  });
  return rows;
}
