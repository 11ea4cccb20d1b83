import type { ClientBase } from 'pg';
import type { Alert } from '#libs/contracts';
import type { TwinPlace } from './twin-heads.js';

/** Episodes of the twin that were emitted, and ids of those that were only numbered. */
export async function emittedEpisodes(
  client: ClientBase,
  { tenant, key }: TwinPlace,
): Promise<{
  readonly emitted: readonly {
    readonly id: string;
    readonly rule: string;
    readonly closed: boolean;
    readonly sequence: number;
    readonly alert: Alert;
  }[];
  readonly suppressed: readonly { readonly id: string; readonly rule: string }[];
}> {
  const emitted = await client.query<{ id: string; rule: string; closed: boolean; sequence: number; alert: Alert }>(
    'SELECT id::text AS id, rule, closed, sequence, alert FROM alert_episodes WHERE tenant = $1 AND twin = $2',
    [tenant, key],
  );
  const suppressed = await client.query<{ id: string; rule: string }>(
    'SELECT DISTINCT episode::text AS id, rule FROM alert_suppressions WHERE tenant = $1 AND twin = $2',
    [tenant, key],
  );
  return { emitted: emitted.rows, suppressed: suppressed.rows };
}

/** Sets the twin's timers to exactly these (due times in ms). */
export async function replaceTimers(
  client: ClientBase,
  { tenant, key, patient }: TwinPlace,
  timers: Readonly<Record<string, number>>,
): Promise<void> {
  await client.query('DELETE FROM twin_timers WHERE tenant = $1 AND twin = $2', [tenant, key]);
  for (const [timer, due] of Object.entries(timers))
    await client.query(
      'INSERT INTO twin_timers (tenant, twin, timer, patient, due_at) VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))',
      [tenant, key, timer, patient, due],
    );
}
