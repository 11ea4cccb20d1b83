/** What the streaming detectors say, and what they refuse. Plain JSON throughout. */

export type RhythmRule =
  | 'atrial-fibrillation'
  | 'pause'
  | 'bradycardia'
  | 'tachycardia'
  | 'ectopy-suspected'
  | 'asystole'
  | 'extreme-bradycardia'
  | 'extreme-tachycardia'
  | 'ventricular-tachycardia'
  | 'ventricular-fibrillation';

/** Reported when `present` changes, and again when a present condition becomes materially worse or a doubt of it has gone. Times are ms since 1970. */
export interface RhythmFinding {
  readonly rule: RhythmRule;
  /** When it was known: the end of the last interval or of the block of samples it rests on. */
  readonly at: number;
  readonly present: boolean;
  /** When the condition began (present) or ended (not present). */
  readonly since: number;
  readonly value: number;
  readonly unit: string;
  /** False when doubtful input, likely missed beats or a flat line contradict it. The lack of a cross-check is only noted. */
  readonly confident: boolean;
  readonly contributions?: ReadonlyArray<{
    readonly name: string;
    readonly value: number;
    readonly contribution: number;
  }>;
  readonly note?: string;
}

export type StreamRefusal =
  /** Starts where the newest run or chunk started: sent twice. */
  | 'duplicate'
  /** Starts before the newest one. */
  | 'reversed'
  /** Starts inside the newest one. */
  | 'overlapping'
  /** A time, period or interval that is no finite number, or negative. */
  | 'not-a-number'
  /** Single intervals under 200 ms or over 10 s: no interval of a heart; the rest of the run counts. */
  | 'interval-out-of-range'
  /** Fewer than 100 or more than 1000 ECG samples per second (20 to 1000 for a pulse wave). */
  | 'unusable-rate'
  /** The period of samples changed: the channel begins anew with this chunk. */
  | 'rate-changed'
  /** More channels than are kept per patient. */
  | 'too-many-channels';

export interface Refused {
  readonly reason: StreamRefusal;
  /** Runs, chunks or single intervals refused. */
  readonly count: number;
}
