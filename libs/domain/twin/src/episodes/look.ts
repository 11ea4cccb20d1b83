import type { Cited } from '../state/cited.js';

/** What a record showed to a rule. */
export interface Look {
  /** Where a refold began; null when the values only went on from the newest. */
  readonly since: number | null;
  /** Newest effective time of what the rule reads. */
  readonly newest: number;
  /** The record's values of a limit rule's measure. */
  readonly fresh: readonly Cited[];
  /** Ordinals of the emitted episodes that were judged again, where that is not all from `since` on. */
  readonly judgedAgain?: ReadonlySet<number> | undefined;
  /** Nobody is paged by what it shows: its sender is catching up with old values. */
  readonly held: boolean;
}
