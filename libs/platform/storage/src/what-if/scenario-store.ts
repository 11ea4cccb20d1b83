import type { Pool } from 'pg';

/** What a scenario follows from, beside what was known of the person. */
export interface StoredScenario {
  readonly tenant: number;
  readonly id: string;
  readonly patient: string;
  /** The plan as JSON. */
  readonly plan: string;
  readonly modelVersion: string;
  /** 0: those of the population. */
  readonly parametersVersion: number;
  readonly client: string;
  /** SHA-256 of the answer, hex. */
  readonly digest: string;
}

/** As a list has it. */
export interface ListedScenario extends Pick<StoredScenario, 'id' | 'plan' | 'modelVersion' | 'client'> {
  /** ms */
  readonly askedAt: number;
}

/** Scenarios by what they follow from: the answers are computed again (docs/adr/0051). */
export class ScenarioStore {
  constructor(private readonly pool: Pool) {}

  /** Those that are there already stay as they are: the id says that they are the same. */
  async add(scenarios: readonly StoredScenario[]): Promise<void> {
    if (scenarios.length === 0) return;
    await this.pool.query(
      `INSERT INTO scenarios (tenant, id, patient, plan, model_version, parameters_version, client, digest)
       SELECT * FROM unnest($1::int4[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int4[], $7::text[], $8::text[])
       ON CONFLICT DO NOTHING`,
      [
        scenarios.map(({ tenant }) => tenant),
        scenarios.map(({ id }) => id),
        scenarios.map(({ patient }) => patient),
        scenarios.map(({ plan }) => plan),
        scenarios.map(({ modelVersion }) => modelVersion),
        scenarios.map(({ parametersVersion }) => parametersVersion),
        scenarios.map(({ client }) => client),
        scenarios.map(({ digest }) => digest),
      ],
    );
  }

  async find(tenant: number, id: string): Promise<StoredScenario | undefined> {
    const { rows } = await this.pool.query<StoredScenario>(
      `SELECT tenant, id::text AS id, patient, plan, model_version AS "modelVersion", parameters_version AS "parametersVersion", client, digest
       FROM scenarios WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0];
  }

  /** Those of a patient, newest first. */
  async list(
    tenant: number,
    patient: string,
    page: { readonly after: Pick<ListedScenario, 'askedAt' | 'id'> | undefined; readonly limit: number },
  ): Promise<readonly ListedScenario[]> {
    const { rows } = await this.pool.query<ListedScenario>(
      `SELECT id::text AS id, plan, model_version AS "modelVersion", client, (extract(epoch FROM created_at) * 1000)::float8 AS "askedAt"
       FROM scenarios WHERE tenant = $1 AND patient = $2
         AND ($3::float8 IS NULL OR (created_at, id) < (to_timestamp($3 / 1000), $4::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $5`,
      [tenant, patient, page.after?.askedAt ?? null, page.after?.id ?? null, page.limit],
    );
    return rows;
  }
}
