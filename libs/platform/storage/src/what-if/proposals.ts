import type { ClientBase, Pool } from 'pg';

export interface ProposalRow {
  readonly id: string;
  readonly patient: string;
  /** As JSON, as it was made. */
  readonly proposal: string;
  /** ms */
  readonly expiresAt: number;
  readonly createdAt: number;
  /** As JSON; null: none yet. */
  readonly decision: string | null;
  readonly decidedAt: number | null;
}

const COLUMNS = `id::text AS id, patient, proposal, (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt",
  (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt", decision, (extract(epoch FROM decided_at) * 1000)::float8 AS "decidedAt"`;

export async function findProposal(
  pool: Pool | ClientBase,
  tenant: number,
  id: string,
): Promise<ProposalRow | undefined> {
  const { rows } = await pool.query<ProposalRow>(`SELECT ${COLUMNS} FROM proposals WHERE tenant = $1 AND id = $2`, [
    tenant,
    id,
  ]);
  return rows[0];
}

/** The proposal, held until the transaction ends: of two decisions at once the second sees the first. */
export async function holdProposal(client: ClientBase, tenant: number, id: string): Promise<ProposalRow | undefined> {
  const { rows } = await client.query<ProposalRow>(
    `SELECT ${COLUMNS} FROM proposals WHERE tenant = $1 AND id = $2 FOR UPDATE`,
    [tenant, id],
  );
  return rows[0];
}

/** Those of a patient that were decided on since, ms. */
export async function decidedProposals(
  client: Pool | ClientBase,
  tenant: number,
  patient: string,
  since: number,
): Promise<readonly ProposalRow[]> {
  // What is decided on ends 15 minutes after a reading: it was made at most an hour before.
  const { rows } = await client.query<ProposalRow>(
    `SELECT ${COLUMNS} FROM proposals WHERE tenant = $1 AND patient = $2 AND decided_at >= to_timestamp($3::float8 / 1000)
       AND created_at >= to_timestamp($3::float8 / 1000) - interval '1 hour' ORDER BY decided_at, id`,
    [tenant, patient, since],
  );
  return rows;
}

/** Holds back who else decides on proposals of the patient, until the transaction ends. */
export async function holdDecisions(client: ClientBase, tenant: number, patient: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7308))', [`${tenant}/${patient}`]);
}

export async function addProposal(
  client: ClientBase,
  tenant: number,
  { id, patient, proposal, expiresAt, createdAt }: Omit<ProposalRow, 'decision' | 'decidedAt'>,
): Promise<void> {
  await client.query(
    `INSERT INTO proposals (tenant, id, patient, proposal, expires_at, created_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000))`,
    [tenant, id, patient, proposal, expiresAt, createdAt],
  );
}

/** Of a proposal that {@link holdProposal} holds. `at` in ms. */
export async function decideProposal(
  client: ClientBase,
  tenant: number,
  id: string,
  decision: string,
  at: number,
): Promise<void> {
  await client.query(
    `UPDATE proposals SET decision = $3, decided_at = to_timestamp($4::float8 / 1000) WHERE tenant = $1 AND id = $2`,
    [tenant, id, decision, at],
  );
}
