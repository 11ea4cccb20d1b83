/** What is known of the clock of one sender whose times are not as they should be. */
export interface ClockState {
  readonly source: string;
  /** What its times are ahead of ours, ms; negative: behind. 0: right, or right again. */
  readonly off: number;
  /** Since when `off` fits, when data last arrived, and since when its times are correct again (null: they are not); by the log's own time. */
  readonly since: number;
  readonly heard: number;
  readonly rightSince: number | null;
  /** Clock error last reported, ms; 0: none. */
  readonly told: number;
  /** Records that all look late by the same amount (negative), or bring doses that are ahead by it. */
  readonly late?: { readonly by: number; readonly since: number; readonly records: number };
}

/** Values of one source and measure that look as if they were of another unit. */
export interface UnitState {
  readonly words: string;
  /** When the first and the newest were applied, by the log's own time. */
  readonly since: number;
  readonly heard: number;
}

export interface StreamState {
  /** Newest effective time as sent, ms: what derived identities go by. */
  readonly t: number;
  /** Of series: where the newest one ends, ms. */
  readonly end?: number;
  /** When the newest record with something new from it was received, ms. */
  readonly heard: number;
  /** Successive values no further apart than the no-data limit, up to the number that makes a stream continuous. */
  readonly n: number;
  readonly source: string;
}
