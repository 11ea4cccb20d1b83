import type { ClientBase } from 'pg';
import type { PatientId } from '../engine/load-twins.js';
import { plainArray, textArray } from '../postgres/pg-arrays.js';
import { sentTogether } from '../postgres/sent-together.js';

export interface TimerWrite extends PatientId {
  readonly twin: string;
  readonly timer: string;
  /** ms; null removes the timer */
  readonly dueAt: number | null;
}

/** Sets timers to be looked at when they are due, and removes some. */
export async function writeTimers(client: ClientBase, writes: readonly TimerWrite[]): Promise<void> {
  const set = writes.filter((write) => write.dueAt !== null);
  const removed = writes.filter((write) => write.dueAt === null);
  const sent: Promise<unknown>[] = [];
  if (set.length > 0) {
    const query = client.query({
      name: 'timers-set',
      text: `INSERT INTO twin_timers AS t (tenant, twin, timer, patient, due_at)
        SELECT u.tenant, u.twin, u.timer, u.patient, to_timestamp(u.due / 1000)
        FROM unnest($1::int4[], $2::int8[], $3::text[], $4::text[], $5::float8[]) AS u (tenant, twin, timer, patient, due)
        ON CONFLICT (tenant, twin, timer) DO UPDATE SET due_at = excluded.due_at, ticked_at = NULL`,
      values: [
        ...placeOf(set),
        textArray(set.map((write) => write.patient)),
        plainArray(set.map((write) => write.dueAt)),
      ],
    });
    sent.push(query);
  }
  if (removed.length > 0) {
    const query = client.query({
      name: 'timers-remove',
      text: `DELETE FROM twin_timers AS t USING unnest($1::int4[], $2::int8[], $3::text[]) AS u (tenant, twin, timer)
        WHERE t.tenant = u.tenant AND t.twin = u.twin AND t.timer = u.timer`,
      values: placeOf(removed),
    });
    sent.push(query);
  }
  await sentTogether(sent);
}

/**
 * Takes patients with due timers, oldest first, and marks them as ticked; their rows stay locked until the transaction ends,
 * and rows that another ticker has locked are left to it.
 *
 * @returns the patients, each once, and the database's clock (ms)
 */
export async function takeDueTimers(
  client: ClientBase,
  limit: number,
): Promise<{ readonly patients: readonly PatientId[]; readonly now: number }> {
  const { rows } = await client.query<PatientId & { now: number }>({
    name: 'timers-take',
    text: `WITH due AS (
        SELECT tenant, twin, timer FROM twin_timers WHERE due_at <= now() AND ticked_at IS NULL
        ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
      )
      UPDATE twin_timers AS t SET ticked_at = now() FROM due
      WHERE t.tenant = due.tenant AND t.twin = due.twin AND t.timer = due.timer
      RETURNING t.tenant, t.patient, ceil(extract(epoch FROM now()) * 1000)::float8 AS now`,
    values: [limit],
  });
  const patients = new Map(rows.map(({ tenant, patient }) => [`${tenant}/${patient}`, { tenant, patient }]));
  return { patients: [...patients.values()], now: rows[0]?.now ?? 0 };
}

/** Tenants of patients whose devices are waited for, and those that still have an outage open. */
export async function monitoredTenants(client: ClientBase): Promise<readonly number[]> {
  const { rows } = await client.query<{ tenant: number }>(
    `SELECT tenant FROM twin_timers WHERE timer = 'no-data'
    UNION SELECT tenant FROM alert_episodes WHERE rule = 'system-outage' AND NOT closed`,
  );
  return rows.map(({ tenant }) => tenant);
}

function placeOf(writes: readonly TimerWrite[]): [string, string, string] {
  return [
    plainArray(writes.map((write) => write.tenant)),
    plainArray(writes.map((write) => write.twin)),
    textArray(writes.map((write) => write.timer)),
  ];
}
