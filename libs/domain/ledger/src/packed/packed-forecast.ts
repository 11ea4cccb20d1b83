import { QUANTILE_LEVELS, type ForecastPoint, type ModelForecast, type Quantiles } from '#libs/domain/forecasting';
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';

/** A forecast as the store has it: all but its words, which are kept until it is scored. */
export type LedgerForecast = Omit<ModelForecast, 'kind' | 'explanation'> & {
  readonly modelVersion: string;
  /** Whether it was shown, or the baseline in its place. */
  readonly status: 'active' | 'demoted';
  /** Decimals to which its values are kept. */
  readonly decimals: number;
};

const FORM = 1;
const DIGITS = 4;
const MAX_DECIMALS = 8;
const MIDDLE = 3;

/** A forecast as it is stored and served from then on: its values rounded to four digits of the largest one. */
export function ledgerForecastOf(
  said: ModelForecast,
  modelVersion: string,
  status: LedgerForecast['status'],
): LedgerForecast {
  const { kind: _, explanation: __, ...values } = said;
  return { ...values, modelVersion, status, decimals: decimalsOf(said.points) };
}

/**
 * The bytes of a forecast: values to four digits of the largest one (glucose to 0.1 mg/dL), each as its distance from its neighbour. About 90 bytes for six
 * horizons. What is served and scored is what these bytes say: {@link packForecast} of the result gives the same bytes again.
 */
export function packForecast(forecast: LedgerForecast): Uint8Array {
  const out = new ByteWriter();
  writeForecast(out, forecast);
  return out.done();
}

export function unpackForecast(bytes: Uint8Array, issuedAt: number): LedgerForecast {
  return readForecast(new ByteReader(bytes), issuedAt);
}

export function writeForecast(out: ByteWriter, forecast: LedgerForecast): void {
  const { decimals, issuedAt, dataUntil, points, inputs, parameters, modelVersion, status } = forecast;
  out.count(FORM);
  out.text(modelVersion);
  out.count((parameters === 'personal' ? 1 : 0) + (status === 'demoted' ? 2 : 0));
  out.count(decimals);
  out.duration(issuedAt - dataUntil);
  out.count(inputs.length);
  for (const { code, count, newest } of inputs) {
    out.count(code);
    out.count(count);
    out.duration(issuedAt - newest);
  }
  out.count(points.length);
  const scale = 10 ** decimals;
  const whole = (value: number): number => Math.round(value * scale);
  let before = { minutes: 0, median: 0, persistence: 0, population: 0 };
  for (const { minutes, mean, quantiles, baselines } of points) {
    const values = QUANTILE_LEVELS.map((level) => whole(quantiles[level]));
    const median = values[MIDDLE]!;
    const persistence = whole(baselines.persistence);
    const population = whole(baselines['population-mean']);
    out.count(minutes - before.minutes);
    out.distance(median - before.median);
    out.distance(whole(mean) - median);
    for (let i = 1; i < values.length; i++) out.count(Math.max(0, values[i]! - values[i - 1]!));
    out.distance(persistence - before.persistence);
    out.distance(population - before.population);
    before = { minutes, median, persistence, population };
  }
}

export function readForecast(bytes: ByteReader, issuedAt: number): LedgerForecast {
  const form = bytes.count();
  if (form !== FORM) throw new Error(`a forecast is stored in form ${form}, which this software does not read`);
  const modelVersion = bytes.text();
  const flags = bytes.count();
  const decimals = bytes.count();
  const dataUntil = issuedAt - bytes.duration();
  const inputs = times(bytes.count(), () => ({
    code: bytes.count(),
    count: bytes.count(),
    newest: issuedAt - bytes.duration(),
  }));
  const scale = 10 ** decimals;
  let before = { minutes: 0, median: 0, persistence: 0, population: 0 };
  const points = times(bytes.count(), (): ForecastPoint => {
    const minutes = before.minutes + bytes.count();
    const median = before.median + bytes.distance();
    const mean = median + bytes.distance();
    const gaps = times(QUANTILE_LEVELS.length - 1, () => bytes.count());
    const persistence = before.persistence + bytes.distance();
    const population = before.population + bytes.distance();
    before = { minutes, median, persistence, population };
    return {
      minutes,
      mean: mean / scale,
      quantiles: quantilesAround(median, gaps, scale),
      baselines: { persistence: persistence / scale, 'population-mean': population / scale },
    };
  });
  const parameters = flags % 2 === 1 ? 'personal' : 'population';
  const status = flags >= 2 ? 'demoted' : 'active';
  return { issuedAt, dataUntil, points, inputs, parameters, modelVersion, status, decimals };
}

/** Decimals at which the largest value has four digits. */
function decimalsOf(points: readonly ForecastPoint[]): number {
  let largest = 0;
  for (const { mean, quantiles, baselines } of points)
    largest = Math.max(
      largest,
      Math.abs(mean),
      Math.abs(quantiles['0.975']),
      Math.abs(quantiles['0.025']),
      Math.abs(baselines.persistence),
    );
  if (!(largest > 0)) return 0;
  return Math.min(MAX_DECIMALS, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(largest))));
}

function quantilesAround(median: number, gaps: readonly number[], scale: number): Quantiles {
  let value = median - gaps.slice(0, MIDDLE).reduce((sum, gap) => sum + gap, 0);
  const entries = QUANTILE_LEVELS.map((level, i) => {
    if (i > 0) value += gaps[i - 1]!;
    return [level, value / scale] as const;
  });
  return Object.fromEntries(entries) as unknown as Quantiles;
}

function times<T>(n: number, one: () => T): T[] {
  return Array.from({ length: n }, one);
}
