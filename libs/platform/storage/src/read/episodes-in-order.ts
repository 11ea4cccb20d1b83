import type { ClientBase } from 'pg';
import type { Alert } from '#libs/contracts';

/** An episode as its newest transition left it. */
export interface EpisodeAsItStands {
  readonly id: string;
  /** With the sequence of the newest transition. */
  readonly alert: Alert;
  /** When the newest transition happened, ms since 1970. */
  readonly at: number;
}

/** Episodes of a tenant in the order of their ids, for walking over all of them in small steps. @param after id, exclusive */
export async function episodesInOrder(
  client: Pick<ClientBase, 'query'>,
  tenant: number,
  after: string,
  limit: number,
): Promise<readonly EpisodeAsItStands[]> {
  const { rows } = await client.query<EpisodeAsItStands>({
    name: 'episodes-in-order',
    text: `SELECT id::text AS id, alert || jsonb_build_object('sequence', sequence) AS alert,
        (extract(epoch FROM updated_at) * 1000)::float8 AS at
      FROM alert_episodes WHERE tenant = $1 AND id > $2::uuid ORDER BY alert_episodes.id LIMIT $3`,
    values: [tenant, after, limit],
  });
  return rows;
}

/** Keys of the tenants that have episodes. */
export async function tenantsWithEpisodes(client: Pick<ClientBase, 'query'>): Promise<readonly number[]> {
  const { rows } = await client.query<{ key: number }>(
    `SELECT key FROM tenants t WHERE EXISTS (SELECT FROM alert_episodes e WHERE e.tenant = t.key) ORDER BY key`,
  );
  return rows.map(({ key }) => key);
}
