import type { ClientBase } from 'pg';

/** Which Communication is about which alert: they are removed together. */
export interface CommunicationOfAlert {
  readonly tenant: number;
  readonly alert: string;
  readonly id: string;
}

/** Notes the Communications of alerts; those that are known change nothing. */
export async function writeCommunications(client: ClientBase, all: readonly CommunicationOfAlert[]): Promise<void> {
  if (all.length === 0) return;
  await client.query({
    name: 'alert-communications-insert',
    text: `INSERT INTO alert_communications (tenant, alert, id)
      SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[]) ON CONFLICT DO NOTHING`,
    values: [all.map(({ tenant }) => tenant), all.map(({ alert }) => alert), all.map(({ id }) => id)],
  });
}
