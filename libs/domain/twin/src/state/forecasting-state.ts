import type { WireModelStatus, WireParameters } from '#libs/contracts';
import type { RefusalReason } from '#libs/domain/forecasting';

/** What a twin remembers of the models that forecast for it. Absent parts: there is none. */
export interface ForecastingState {
  /** By model id. */
  readonly models?: Readonly<Record<string, ForecasterState>>;
  /** Newest fit of each model to this person, by model id. */
  readonly parameters?: Readonly<Record<string, FittedState>>;
  /** What the ledger said last, by `<model>/<catalogue number>`. */
  readonly statuses?: Readonly<Record<string, WireModelStatus>>;
}

/** As the log brought them, without what only readers are shown. */
export type FittedState = Omit<WireParameters, 'report'>;

export interface ForecasterState {
  /** The model's own; null at first. Plain JSON. */
  readonly memory: unknown;
  /** By catalogue number of the measure. */
  readonly outputs: Readonly<Record<string, OutputState>>;
}

export interface OutputState {
  /** Of the newest forecast, effective time, ms; null before the first. */
  readonly issuedAt: number | null;
  /** The log's own time when the model was last asked, ms. */
  readonly at: number;
  /** The newest forecast that the ledger scores, the same times; absent: it is the newest of all. */
  readonly scored?: { readonly issuedAt: number; readonly at: number };
  /** Why it did not answer last; absent: it did. */
  readonly refused?: { readonly reason: RefusalReason; readonly message: string };
}
