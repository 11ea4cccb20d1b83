import type { VitalState } from '#libs/domain/signal-quality';
import type { Finding } from '../alerts/finding.js';
import type { Cited } from './cited.js';
import type { EpisodeState } from './episode-state.js';

/** Kept values of a fold at the grid times of `gridTimes(newest)`, as indexes into `machines` (-1: none). Empty: all none. */
export interface Kept<M> {
  readonly now: M | null;
  readonly grid: readonly number[];
  readonly machines: readonly M[];
}

/** By name of the source: what its signal check remembers. */
export type CheckMachine = Readonly<Record<string, VitalState>>;

export type CheckState = Kept<CheckMachine>;

/** A rule's memory: its machine after the newest sample, the machine at earlier times of the grid, and recent episodes. */
export interface RuleState extends Kept<Machine> {
  /** Oldest first. At most one has `end: null`, and it is the last. */
  readonly episodes: readonly EpisodeState[];
  /** How many episodes this rule has had for this patient: the next one's number. */
  readonly count: number;
  /** Data older than this cannot be re-evaluated, because its episodes were dropped to bound the state; ms or null. */
  readonly floor: number | null;
}

/** One rule's state machine after some samples: a pure function of those samples and the limits in force. */
export interface Machine {
  readonly tiers: readonly TierState[];
  readonly open: OpenEpisode | null;
}

/** A detector after some values: what it remembers, and the episodes of its rules that are open. */
export interface DetectorMachine {
  readonly memory: unknown;
  readonly open: Readonly<Record<string, OpenEpisode>>;
}

/** One severity tier. `on`: 0 no, 1 by doubtful values only, 2 confirmed. `run` counts towards on, `clear` towards off. */
export interface TierState {
  readonly on: 0 | 1 | 2;
  readonly run: { readonly first: Cited; readonly n: number; readonly last: number; readonly good: boolean } | null;
  readonly clear: { readonly from: number; readonly n: number } | null;
}

/** What the machine knows of an episode that has begun and not ended. Severities as ranks: 1 low, 2 medium, 3 high. */
export interface OpenEpisode {
  /** When the condition was met, persistence included: effective time of `met`. */
  readonly start: number;
  readonly first: Cited;
  readonly met: Cited;
  readonly worst: Cited;
  readonly rank: number;
  readonly peak: number;
  /** Of a stream rule: what it found when it began, and the worst since. */
  readonly finding?: Finding;
}
