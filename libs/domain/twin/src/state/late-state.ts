/** How late a measure's newest value of a record is. */
export interface LatenessState {
  /** Between effective time and receipt, ms, since `since` (the log's own time) within a minute. */
  readonly lag: number;
  readonly since: number;
  /** When something of it was last received, by the log's own time. */
  readonly heard: number;
}

/** When late values are re-evaluated next, and which wait for it. See `late.ts`. */
export interface LateState {
  /** Earliest time from which values wait, ms, by catalogue number; empty: none. */
  readonly from: Readonly<Record<string, number>>;
  /** By the log's own time, ms. */
  readonly due: number;
  /** Or when this many late values more have come. */
  readonly after: number;
}

/** When late waveforms are judged again next, and which stretches of them (ms) wait for it. See `late-waves.ts`. */
export interface LateWaves {
  readonly spans: readonly (readonly [from: number, until: number])[];
  /** By the log's own time, ms. */
  readonly due: number;
  /** Or when this many late values more have come. */
  readonly after: number;
}
