import type { Outcome } from '#libs/domain/forecasting';

/** What a point of a forecast is about: a measure (catalogue number) of a twin at a time, ms. */
export interface Target {
  readonly tenant: number;
  readonly twin: string;
  readonly code: number;
  readonly t: number;
  readonly toleranceMs: number;
  /** Of what nobody measures: how it follows from measurements. */
  readonly outcome?: Outcome | undefined;
}

/** The measurement that a point is scored with; `t` effective time, ms. */
export interface FoundTruth {
  readonly t: number;
  readonly x: number;
  readonly version: number;
  readonly identity: string;
}
