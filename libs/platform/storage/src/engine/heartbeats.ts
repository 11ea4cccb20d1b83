import type { ClientBase, Pool } from 'pg';

/** How long a part of the system has been running without a break; times in ms by the database's clock. */
export interface Heartbeat {
  readonly component: string;
  readonly since: number;
  readonly at: number;
  /** When it was last heard before the newest break; null: there was none yet. */
  readonly downFrom: number | null;
}

/** A component that was not heard for longer than this was down, ms. */
export const DOWN_AFTER_MS = 10_000;

/** Notes that the component is running. Any number of its processes may beat: it runs while one of them does. */
export async function beat(db: Pool | ClientBase, component: string): Promise<void> {
  await db.query({
    name: 'heartbeat',
    text: `INSERT INTO heartbeats AS h (component, since, at) VALUES ($1, now(), now())
      ON CONFLICT (component) DO UPDATE SET at = greatest(h.at, now()),
        since = CASE WHEN now() - h.at > make_interval(secs => $2) THEN now() ELSE h.since END,
        down_from = CASE WHEN now() - h.at > make_interval(secs => $2) THEN h.at ELSE h.down_from END`,
    values: [component, DOWN_AFTER_MS / 1000],
  });
}

/** All components, and the database's clock (ms). */
export async function readHeartbeats(
  db: Pool | ClientBase,
): Promise<{ readonly heartbeats: readonly Heartbeat[]; readonly now: number }> {
  const { rows } = await db.query<Heartbeat & { now: number }>({
    name: 'heartbeats-read',
    text: `SELECT component, (extract(epoch FROM since) * 1000)::float8 AS since, (extract(epoch FROM at) * 1000)::float8 AS at,
        (extract(epoch FROM down_from) * 1000)::float8 AS "downFrom", (extract(epoch FROM now()) * 1000)::float8 AS now
      FROM heartbeats ORDER BY component`,
  });
  const heartbeats = rows.map(({ component, since, at, downFrom }) => ({ component, since, at, downFrom }));
  return { heartbeats, now: rows[0]?.now ?? 0 };
}
