import type { Sample } from '../rules/judged-sample.js';

/** What one record does to one measure. */
export interface Effect {
  readonly code: number;
  /** New values in order, within the lateness bound. */
  readonly added: readonly Sample[];
  /** Identities of this record: their earlier versions no longer count. */
  readonly changed: ReadonlySet<string>;
  /** Earliest time at which the past is no longer what it was; null when all is newer than everything. */
  readonly dirty: number | null;
  readonly touchesLatest: boolean;
  /** Late values among `added` are not re-evaluated with this record (`late.ts`); `dirty` is null. */
  readonly waits: boolean;
}
