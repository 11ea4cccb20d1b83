import type { ForecastPoint, Subject } from '#libs/domain/forecasting';
import { GLUCOSE_FORECAST, lowProbabilitiesOf, type LowProbabilities } from '#libs/domain/glucose-forecast';
import type { Detection } from '../../set.js';
import { readDiabetesFiles, type DiabetesFile } from './diabetes-files.js';
import { momentsOf } from './forecast-moments.js';

/** Horizons that are listed and scored, minutes. */
export const LISTED = [30, 60, 120] as const;
const LEVELS = ['0.025', '0.1', '0.5', '0.9', '0.975'] as const;
const GLUCOSE = 9;
/** The files say nothing of the person. */
const UNKNOWN: Subject = { ageYears: null, isPregnant: null, weightKg: null, parameters: null };

/** A forecast of a file, with what came where a reading stands at that time. */
export interface Foretold {
  /** Time of the row at which it was made, ms. */
  readonly t: number;
  readonly isHeldApart: boolean;
  readonly point: ForecastPoint;
  /** mg/dL; undefined where no reading of the sensor stands at that time. */
  readonly actual: number | undefined;
  /** Of the same moment. */
  readonly lows: LowProbabilities | undefined;
}

export interface ForecastRun {
  readonly file: DiabetesFile;
  readonly forecasts: readonly Foretold[];
}

/** One set of files laid out as `cgm_loop`. `knowsBasal`: its basal rates are whole enough to be used. */
export interface ForecastSet {
  readonly name: string;
  readonly prefix: string;
  readonly knowsBasal: boolean;
}

const runs = new Map<string, readonly ForecastRun[]>();

/** The forecaster's run over each file of a folder; what is listed and what is scored are of the same run. */
export function forecastRuns({ prefix, knowsBasal }: ForecastSet, folder: string): readonly ForecastRun[] {
  let all = runs.get(folder);
  if (all === undefined) {
    all = [...readDiabetesFiles(folder, prefix)].map((file) => runOf(file, knowsBasal));
    runs.set(folder, all);
  }
  return all;
}

function runOf(file: DiabetesFile, knowsBasal: boolean): ForecastRun {
  const readings = new Map(
    file.rows
      .filter(({ kind, glucose }) => kind === 'EGV' && !Number.isNaN(glucose))
      .map((row) => [row.t, row.glucose]),
  );
  const forecasts: Foretold[] = [];
  for (const { row, memory } of momentsOf(file, { knowsBasal })) {
    const forecast = GLUCOSE_FORECAST.forecast(memory, GLUCOSE, UNKNOWN);
    if (forecast.kind === 'refused') continue;
    const lows = lowProbabilitiesOf(memory);
    for (const point of forecast.points) {
      if (!(LISTED as readonly number[]).includes(point.minutes)) continue;
      const actual = readings.get(row.t + point.minutes * 60_000);
      forecasts.push({ t: row.t, isHeldApart: row.isHeldApart, point, actual, lows });
    }
  }
  return { file, forecasts };
}

export function* forecastLines(all: readonly ForecastRun[]): Iterable<Detection> {
  for (const { file, forecasts } of all)
    for (const { t, point } of forecasts) {
      const { minutes, mean, quantiles } = point;
      yield {
        record: file.record,
        kind: 'forecast',
        at: (t - file.start) / 1000,
        minutes,
        value: rounded(mean),
        quantiles: Object.fromEntries(LEVELS.map((level) => [level, rounded(quantiles[level])])),
      };
    }
}

function rounded(mgdl: number): number {
  return Math.round(mgdl * 100) / 100;
}
