import type { Alert } from '#libs/contracts';
import type { Cited } from '../state/cited.js';

/** Result of a stream rule while its condition holds. Plain JSON: stored with the episode and part of its alerts. */
export interface Finding {
  /** Severity: 1 low, 2 medium, 3 high. */
  readonly rank: 1 | 2 | 3;
  /** Of two findings of one rank the one with the greater weight is worse. */
  readonly weight: number;
  /** Every measurement that it rests on, newest last. */
  readonly cites: readonly Cited[];
  /** When the condition began, effective time, ms; absent: with the value after which it was found. */
  readonly since?: number;
  /** One sentence without the patient's name, such as `NEWS2 is 8`. */
  readonly words: string;
  readonly limit: number;
  readonly limitName: string;
  readonly unit: string;
  readonly comparison: NonNullable<Alert['threshold']>['comparison'];
  /** A score's parts; with `intercept` they add up to `score`. */
  readonly score?: number;
  readonly intercept?: number;
  readonly contributions?: readonly Contribution[];
  /** Further information, one sentence each. */
  readonly notes?: readonly string[];
  /** Inputs that are missing. */
  readonly missing?: readonly string[];
}

export interface Contribution {
  readonly name: string;
  readonly value?: number | string;
  readonly contribution: number;
}
