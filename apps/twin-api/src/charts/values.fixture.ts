import type { TwinApi } from '../twin-api.fixture.js';

/** A value as a test stores it; times in ms. */
export interface StoredValue {
  readonly t: number;
  readonly x?: number;
  readonly quality?: 0 | 1 | 2;
  readonly comparator?: string;
  readonly source?: string;
  readonly recordedAt?: number;
  readonly series?: readonly number[];
  readonly periodMs?: number;
  readonly channel?: string;
}

/** Stores values of one measure (catalogue number) of a patient, each recorded when it was measured where nothing else is said. */
export async function storeValues(
  { platform, tenant }: Pick<TwinApi, 'platform' | 'tenant'>,
  patient: string,
  code: number,
  values: readonly StoredValue[],
): Promise<void> {
  const source = (value: StoredValue): string => value.source ?? 'monitor-7';
  await platform.pool.query(
    // The sequence of keys knows nothing of those that the fixture gave.
    `INSERT INTO sources (tenant, key, source) SELECT $1::int, (SELECT max(key) FROM sources) + row_number() OVER (), s
     FROM (SELECT DISTINCT s FROM unnest($2::text[]) AS s) AS wanted
     WHERE NOT EXISTS (SELECT FROM sources o WHERE o.tenant = $1 AND o.source = s)`,
    [tenant, values.map(source)],
  );
  await platform.pool.query(
    `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, comparator, source, code, version, quality, sourced,
       identity, content_hash, series, period_ms, channel)
     SELECT t.tenant, t.key, to_timestamp(u.t / 1000), to_timestamp(u.r / 1000), to_timestamp(u.r / 1000), u.x, u.comparator, s.key, $3, 1, u.q,
       FALSE, gen_random_uuid(), 0, u.series::float4[], u.period, u.channel
     FROM unnest($4::float8[], $5::float8[], $6::float8[], $7::int[], $8::text[], $9::text[], $10::text[], $11::float8[], $12::text[])
       AS u (t, r, x, q, comparator, source, series, period, channel)
     JOIN twins t ON t.tenant = $1 AND t.patient = $2
     JOIN LATERAL (SELECT key FROM sources WHERE tenant = $1 AND source = u.source ORDER BY device LIMIT 1) s ON TRUE`,
    [
      tenant,
      patient,
      code,
      values.map(({ t }) => t),
      values.map(({ t, recordedAt }) => recordedAt ?? t),
      values.map(({ x }) => x ?? null),
      values.map(({ quality }) => quality ?? 0),
      values.map(({ comparator }) => comparator ?? null),
      values.map(source),
      values.map(({ series }) => (series === undefined ? null : `{${series.join(',')}}`)),
      values.map(({ periodMs }) => periodMs ?? null),
      values.map(({ channel }) => channel ?? null),
    ],
  );
}
