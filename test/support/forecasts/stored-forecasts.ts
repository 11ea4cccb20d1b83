import type { Pool } from 'pg';
import { quantilesOf, type ForecastPoint } from '#libs/domain/forecasting';
import { packBlock, packForecast, type LedgerForecast } from '#libs/domain/ledger';
import { measureByName } from '#libs/domain/quantities';
import { inTransaction, writeForecasts } from '#libs/platform/storage';

/** A forecast as an engine stores it; times in ms. What is left out is one of glucose, 30 and 60 min ahead, around 110. */
export interface ForecastMade {
  readonly tenant?: number;
  readonly patient?: string;
  readonly model?: string;
  readonly code?: number;
  readonly version?: number;
  readonly issuedAt?: number;
  readonly recordedAt?: number;
  readonly median?: number;
  /** Of an event within 12 h, in place of a value around the median. */
  readonly probability?: number;
  readonly status?: 'active' | 'demoted';
  /** The model refused; nothing is forecast. */
  readonly refusal?: string;
  /** It was scored and left for the ledger. */
  readonly isSettled?: boolean;
}

const T0 = Date.UTC(2026, 10, 29, 6);
const GLUCOSE = measureByName('glucose')!.number;

/** Writes what models said, with the twins. */
export async function storeForecasts(pool: Pool, made: readonly ForecastMade[]): Promise<void> {
  for (const one of made) {
    const tenant = one.tenant ?? 1;
    const { rows } = await pool.query<{ key: string }>(
      `INSERT INTO twins (tenant, patient) VALUES ($1, $2) ON CONFLICT (tenant, patient) DO UPDATE SET updated_at = now() RETURNING key`,
      [tenant, one.patient ?? 'p1'],
    );
    const { model = 'glucose-forecast', code = GLUCOSE, version = 1, issuedAt = T0 } = one;
    const place = {
      tenant,
      twin: rows[0]!.key,
      model,
      code,
      version,
      block: issuedAt,
      issuedAt,
      isFirst: true,
      scored: true,
    };
    const forecast = forecastOf(one, issuedAt);
    const said =
      one.refusal === undefined
        ? { content: packForecast(forecast), refusal: null, words: 'Rises.' }
        : { content: null, refusal: one.refusal, words: 'Refused.' };
    const recordedAt = one.recordedAt ?? issuedAt + 1000;
    if (one.isSettled !== true) {
      await inTransaction(pool, (client) => writeForecasts(client, [{ ...place, ...said }]));
      await pool.query(
        `UPDATE forecasts SET recorded_at = to_timestamp($1::float8 / 1000) WHERE tenant = $2 AND twin = $3 AND model = $4 AND code = $5 AND version = $6`,
        [recordedAt, tenant, place.twin, model, code, version],
      );
      continue;
    }
    const truths = forecast.points.map(() => ({ unscored: 'no-measurement' as const }));
    await pool.query(
      `INSERT INTO forecast_blocks (tenant, twin, model, code, block, created_at, content) VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), now(), $6)`,
      [tenant, place.twin, model, code, issuedAt, packBlock(issuedAt, [{ version, recordedAt, forecast, truths }])],
    );
  }
}

function forecastOf(made: ForecastMade, issuedAt: number): LedgerForecast {
  const { median = 110, probability, status = 'active' } = made;
  const points =
    probability === undefined
      ? [30, 60].map((minutes) => valuePoint(minutes, median))
      : [{ minutes: 720, mean: probability, quantiles: ZERO, baselines: { persistence: 0, 'population-mean': 0.15 } }];
  const inputs = [{ code: GLUCOSE, count: 24, newest: issuedAt }];
  return {
    issuedAt,
    dataUntil: issuedAt,
    points,
    inputs,
    parameters: 'population',
    modelVersion: '1.0.0',
    status,
    decimals: probability === undefined ? 1 : 3,
  };
}

const ZERO = quantilesOf(() => 0);

function valuePoint(minutes: number, median: number): ForecastPoint {
  return {
    minutes,
    mean: median,
    quantiles: quantilesOf((level) => median + 60 * (level - 0.5)),
    baselines: { persistence: 100, 'population-mean': 140 },
  };
}
