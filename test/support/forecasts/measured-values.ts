import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** A row of `measurements`; times in ms. What is left out is a heart rate of 61 /min of a watch, with an identity of its own. */
export interface MeasuredRow {
  readonly tenant?: number;
  readonly patient?: string;
  readonly source?: string;
  readonly device?: string;
  readonly code?: number;
  readonly at?: number;
  readonly recordedAt?: number;
  readonly identity?: string;
  readonly version?: number;
  readonly value?: number | null;
  readonly series?: readonly number[] | null;
  readonly quality?: 0 | 1 | 2;
  readonly sourced?: boolean;
  readonly retracted?: boolean;
  readonly superseded?: boolean;
}

/** Writes measurements as an engine does, with their twins and sources. @returns their identities */
export async function storeMeasured(pool: Pool, rows: readonly MeasuredRow[]): Promise<readonly string[]> {
  const all = rows.map((row) => ({
    tenant: row.tenant ?? 1,
    patient: row.patient ?? 'p1',
    source: row.source ?? 'watch-7',
    device: row.device ?? '',
    code: row.code ?? 1,
    at: row.at ?? Date.UTC(2026, 10, 29, 6),
    recorded_at: row.recordedAt ?? Date.UTC(2026, 10, 29, 6, 0, 1),
    identity: row.identity ?? randomUUID(),
    version: row.version ?? 1,
    value: row.series == null ? (row.value ?? 61) : null,
    series: row.series == null ? null : `{${row.series.join()}}`,
    quality: row.quality ?? 0,
    sourced: row.sourced ?? false,
    retracted: row.retracted ?? false,
    superseded: row.superseded ?? false,
  }));
  await pool.query(
    `WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1) AS r (tenant int, patient text, source text, device text, code int2, at float8,
        recorded_at float8, identity uuid, version int, value float8, series real[], quality int2, sourced bool, retracted bool, superseded bool)),
      t AS (INSERT INTO twins (tenant, patient) SELECT DISTINCT tenant, patient FROM r
        ON CONFLICT (tenant, patient) DO UPDATE SET updated_at = now() RETURNING tenant, key, patient),
      s AS (INSERT INTO sources (tenant, source, device) SELECT DISTINCT tenant, source, device FROM r
        ON CONFLICT (tenant, source, device) DO UPDATE SET device = excluded.device RETURNING tenant, key, source, device)
      INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, superseded_at, value, series, source, code, version, quality, sourced,
        retracted, identity, content_hash)
      SELECT r.tenant, t.key, to_timestamp(at / 1000), to_timestamp(recorded_at / 1000), to_timestamp(recorded_at / 1000),
        CASE WHEN superseded THEN to_timestamp(recorded_at / 1000) END, value, series, s.key, code, version, quality, sourced, retracted, identity, 0
      FROM r JOIN t ON t.tenant = r.tenant AND t.patient = r.patient JOIN s ON s.tenant = r.tenant AND s.source = r.source AND s.device = r.device`,
    [JSON.stringify(all)],
  );
  return all.map(({ identity }) => identity);
}

/** Key of a patient's twin as ids of Observations have it. */
export async function twinDigits(pool: Pool, patient: string, tenant = 1): Promise<string> {
  const { rows } = await pool.query<{ key: string }>(`SELECT key FROM twins WHERE tenant = $1 AND patient = $2`, [
    tenant,
    patient,
  ]);
  return BigInt(rows[0]?.key ?? 0).toString(36);
}
