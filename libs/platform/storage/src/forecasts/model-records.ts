import type { ClientBase } from 'pg';
import type { ModelParametersRecord, ModelStatusRecord, WireModelStatus, WireParameters } from '#libs/contracts';

/** What the log said of models for one patient, as records in order of receipt; for making the twin anew. */
export async function receivedModelRecords(
  client: ClientBase,
  { tenant, key, patient }: { readonly tenant: number; readonly key: string; readonly patient: string },
): Promise<readonly (ModelParametersRecord | ModelStatusRecord)[]> {
  const fits = await client.query<{ receivedAt: number; content: WireParameters }>(
    `SELECT (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAt", content FROM model_parameters
     WHERE tenant = $1 AND twin = $2 ORDER BY received_at, version`,
    [tenant, key],
  );
  const said = await client.query<WireModelStatus & { receivedAt: number }>(
    `SELECT (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAt", model, code, status, reason, skill, n FROM model_statuses
     WHERE tenant = $1 AND twin = $2 ORDER BY received_at, version`,
    [tenant, key],
  );
  const head = { v: 1, tenant, patient } as const;
  return [
    ...fits.rows.map(({ receivedAt, content }): ModelParametersRecord => {
      return { ...head, kind: 'model-parameters', receivedAt, parameters: content };
    }),
    ...said.rows.map(({ receivedAt, ...status }): ModelStatusRecord => {
      return { ...head, kind: 'model-status', receivedAt, status };
    }),
  ].sort((a, b) => a.receivedAt - b.receivedAt);
}
