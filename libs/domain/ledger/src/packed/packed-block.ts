import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { readForecast, writeForecast, type LedgerForecast } from './packed-forecast.js';

/** A forecast with what became of it. */
export interface ScoredForecast {
  /** Of the twin after the record that made it: with model and measure it names the forecast. */
  readonly version: number;
  /** When the store had it, ms. */
  readonly recordedAt: number;
  readonly forecast: LedgerForecast;
  /** One for each point; of a forecast that is not scored all are pending. */
  readonly truths: readonly Truth[];
}

/** The measurement that a point was scored with, in the version that was valid then; or why there was none. */
export type Truth =
  | { readonly t: number; readonly x: number; readonly version: number }
  | { readonly unscored: UnscoredReason };

export const UNSCORED_REASONS = ['pending', 'no-measurement'] as const;
export type UnscoredReason = (typeof UNSCORED_REASONS)[number];

const MINUTE = 60_000;

/** The bytes of forecasts of one person, model and measure that were scored, one after the other: about 110 bytes each for six horizons. */
export function packBlock(block: number, forecasts: readonly ScoredForecast[]): Uint8Array {
  const out = new ByteWriter();
  let before = '';
  for (const { version, recordedAt, forecast, truths } of forecasts) {
    const { issuedAt, points, decimals } = forecast;
    out.duration(issuedAt - block);
    out.count(version);
    out.duration(recordedAt - issuedAt);
    // Mostly that of the one before: left out then.
    const { modelVersion } = forecast;
    writeForecast(out, modelVersion === before ? { ...forecast, modelVersion: '' } : forecast);
    before = modelVersion;
    points.forEach(({ minutes, mean }, i) => {
      const truth = truths[i]!;
      if ('unscored' in truth) {
        out.count(UNSCORED_REASONS.indexOf(truth.unscored));
        return;
      }
      out.count(UNSCORED_REASONS.length - 1 + truth.version);
      out.duration(truth.t - issuedAt - minutes * MINUTE);
      out.distance(Math.round(truth.x * 10 ** decimals) - Math.round(mean * 10 ** decimals));
    });
  }
  return out.done();
}

/** What {@link packBlock} made of the first forecasts and of others of the same block, as one. */
export function joinedBlocks(first: Uint8Array, others: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + others.length);
  joined.set(first);
  joined.set(others, first.length);
  return joined;
}

/** A forecast that the ledger does not score, as it stands in a block: nothing was looked up for its points. */
export function unscored(stored: Omit<ScoredForecast, 'truths'>): ScoredForecast {
  return { ...stored, truths: stored.forecast.points.map(() => ({ unscored: 'pending' })) };
}

/** Whether the ledger scored a forecast of a settled block. */
export function isScored({ truths }: Pick<ScoredForecast, 'truths'>): boolean {
  return truths.some((truth) => !('unscored' in truth) || truth.unscored !== 'pending');
}

export function unpackBlock(block: number, packed: Uint8Array): readonly ScoredForecast[] {
  const bytes = new ByteReader(packed);
  const forecasts: ScoredForecast[] = [];
  let before = '';
  while (!bytes.isAtEnd) {
    const issuedAt = block + bytes.duration();
    const version = bytes.count();
    const recordedAt = issuedAt + bytes.duration();
    const read = readForecast(bytes, issuedAt);
    const forecast = read.modelVersion === '' ? { ...read, modelVersion: before } : read;
    before = forecast.modelVersion;
    const { decimals } = forecast;
    const truths = forecast.points.map(({ minutes, mean }): Truth => {
      const mark = bytes.count();
      const unscored = UNSCORED_REASONS[mark];
      if (unscored !== undefined) return { unscored };
      const t = issuedAt + minutes * MINUTE + bytes.duration();
      const x = (Math.round(mean * 10 ** decimals) + bytes.distance()) / 10 ** decimals;
      return { t, x, version: mark - UNSCORED_REASONS.length + 1 };
    });
    forecasts.push({ version, recordedAt, forecast, truths });
  }
  return forecasts;
}
