import type { Pool } from 'pg';
import { unpackForecast } from '#libs/domain/ledger';
import type { ForecastRow, ModelOutput } from '../forecasts/read-forecasts.js';
import { plainArray, textArray } from '../postgres/pg-arrays.js';

interface Row extends ModelOutput {
  readonly twin: string;
  readonly version: number;
  readonly issued: number;
  readonly recorded: number;
  readonly content: Uint8Array | null;
}

/** By twin: what each model said last of each measure since a time (ms), where that is a forecast; those that are settled are too old to be of use. */
export async function newestForecastsOf(
  pool: Pool,
  tenant: number,
  twins: readonly string[],
  outputs: readonly ModelOutput[],
  since: number,
): Promise<ReadonlyMap<string, readonly Omit<ForecastRow, 'words' | 'scored'>[]>> {
  if (twins.length === 0 || outputs.length === 0) return new Map();
  const { rows } = await pool.query<Row>({
    text: `SELECT w.twin::text AS twin, f.model, f.code, f.version::float8 AS version, (extract(epoch FROM f.issued_at) * 1000)::float8 AS issued,
        (extract(epoch FROM f.recorded_at) * 1000)::float8 AS recorded, f.content
      FROM unnest($2::int8[]) AS w (twin), unnest($3::text[], $4::int2[]) AS u (model, code), LATERAL (
        SELECT * FROM forecasts WHERE tenant = $1 AND twin = w.twin AND model = u.model AND code = u.code ORDER BY version DESC LIMIT 1) f
      WHERE f.issued_at > to_timestamp($5::float8 / 1000)`,
    values: [
      tenant,
      plainArray(twins),
      textArray(outputs.map(({ model }) => model)),
      plainArray(outputs.map(({ code }) => code)),
      since,
    ],
  });
  const said = rows.filter(({ content }) => content !== null);
  const grouped = Map.groupBy(said, ({ twin }) => twin);
  return new Map([...grouped].map(([twin, of]) => [twin, of.map(forecastOf)]));
}

function forecastOf({ model, code, version, issued, recorded, content }: Row): Omit<ForecastRow, 'words' | 'scored'> {
  return { model, code, version, recordedAt: recorded, forecast: unpackForecast(content!, issued) };
}
