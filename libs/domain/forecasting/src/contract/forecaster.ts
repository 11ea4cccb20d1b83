import type { Quantiles } from '../distribution/quantiles.js';
import type { ModelCard, ModelId } from './card.js';
import type { ModelRefusal } from './refusal.js';

/**
 * A model that forecasts while data stream in. It folds the inputs of one person into a bounded memory, plain JSON that is never mutated, and forecasts
 * from it. Pure: the same changes in the same order give the same forecast. How the changes of a record are cut into calls must not matter.
 */
export interface Forecaster {
  readonly card: ModelCard;
  /** Catalogue numbers of the measures it forecasts, each with how a forecast is joined with what came. */
  readonly outputs: readonly ForecastOutput[];
  /** Catalogue numbers of all measures it reads, its outputs included. */
  readonly reads: readonly number[];
  /** The model whose parameters, as fitted to the person, it takes; absent: its own. */
  readonly parametersOf?: ModelId;
  /** The model whose memory it reads in place of one of its own; it stands before it in the list of forecasters. */
  readonly memoryOf?: ModelId;
  /** Version of its memory as stored; without an upcaster a memory of another version begins anew. */
  readonly memory: {
    readonly version: number;
    readonly upcasters?: Readonly<Record<number, (memory: unknown) => unknown>>;
  };
  /** Takes one value that is new, corrected or withdrawn. `memory` is null at first. */
  readonly take: (memory: unknown, change: InputChange) => unknown;
  /** What the forecasts of one record share, read from the memory once and never stored; models that read this memory are given it too. Absent: the memory itself. */
  readonly read?: (memory: unknown) => unknown;
  /** The forecast of one output from what was taken: the memory, or what `read` made of it. */
  readonly forecast: (memory: unknown, output: number, about: Subject) => ModelForecast | ModelRefusal;
}

export interface ForecastOutput {
  readonly code: number;
  /** Horizons, minutes, ascending. */
  readonly minutes: readonly number[];
  /** A forecast for t is joined with the measurement nearest to t within this distance, ms. */
  readonly toleranceMs: number;
  /** Least distance between two forecasts of one person that the ledger scores, ms of effective time; 0: each is scored. All are stored and shown. */
  readonly scoredEveryMs: number;
  /** Values of other measures later than the newest of this one change the forecast (planned doses); absent: they do not, and are no input. */
  readonly usesLater?: true;
  /** How long after `issuedAt` a forecast is shown, ms; later it is stale. Absent: until its first horizon is past. */
  readonly freshMs?: number;
  /** Of an output that nobody measures: what it is, and how it follows from measurements. Every value that is read is an input to it. */
  readonly outcome?: Outcome;
}

/** Something that is forecast and not measured itself. Its number lies above those of the catalogue. */
export interface Outcome {
  readonly name: string;
  /** What happens, as a noun phrase that can begin a sentence. */
  readonly title: string;
  readonly unit: string;
  /** Catalogue numbers of the measures that it follows from. */
  readonly codes: readonly number[];
  /** The hours up to the time that is forecast, which are looked at. */
  readonly hours: number;
  /** From the newest usable value of each measure in each of these hours, oldest hour first; undefined: nobody can say. */
  readonly of: (hours: ReadonlyArray<ReadonlyMap<number, number>>) => number | undefined;
}

/** One version of a measurement. A later version of the same identity replaces it. */
export interface InputChange {
  readonly identity: string;
  /** Catalogue number. */
  readonly code: number;
  /** Effective time as it is judged, ms. */
  readonly t: number;
  /** Canonical value. */
  readonly x: number;
  /** 0 good, 1 doubtful, 2 bad. */
  readonly quality: 0 | 1 | 2;
  /** Whose value it is: its device, of a value without one its source. */
  readonly source: string;
  /** The value does not count any more. */
  readonly isWithdrawn: boolean;
}

/** Whom a model is asked about. null: unknown, which is never taken for a value. */
export interface Subject {
  /** Whole years, so that what is computed of a memory once holds for all who ask on the same day. */
  readonly ageYears: number | null;
  readonly isPregnant: boolean | null;
  readonly weightKg: number | null;
  /** Fitted to the person by an earlier record of the log. */
  readonly parameters: FittedParameters | null;
}

export interface FittedParameters {
  readonly model: string;
  readonly modelVersion: string;
  /** Raised with each fit. */
  readonly version: number;
  readonly fittedAt: number;
  readonly dataFrom: number;
  readonly dataUntil: number;
  /** By name, in the model's units. */
  readonly estimates: Readonly<Record<string, number>>;
  /** Lower triangle of the Cholesky factor of the posterior covariance in the model's own transformed coordinates, by row. */
  readonly spread: readonly number[];
}

export interface ModelForecast {
  readonly kind: 'forecast';
  /** The newest measurement of the output used, ms. */
  readonly issuedAt: number;
  /** Newest data used, ms; at most `issuedAt`. */
  readonly dataUntil: number;
  readonly points: readonly ForecastPoint[];
  readonly inputs: readonly { readonly code: number; readonly count: number; readonly newest: number }[];
  readonly parameters: 'population' | 'personal';
  /** Sentences for a clinician: what moved the forecast most, and what is missing. */
  readonly explanation: string;
}

export interface ForecastPoint {
  readonly minutes: number;
  /** Mean of the distribution of which `quantiles` are. */
  readonly mean: number;
  readonly quantiles: Quantiles;
  readonly baselines: Baselines;
}

/** What forecasts without a model say. */
export interface Baselines {
  /** The newest value goes on. */
  readonly persistence: number;
  readonly 'population-mean': number;
}
