/**
 * From the scores of beats to verdicts. One number, the evidence, is held against two limits: a run of beats over the lower limit is
 * fibrillation as a whole once one of its beats is over the upper one. Breathing can make a heart look irregular for minutes, but seldom
 * as irregular as fibrillation is at its plainest; and the beats around the plainest ones need not prove it again.
 */

/** The scores of the 91 intervals around a beat, each 0..1 (`repetition` a little over 1 at most). */
export interface AfScores {
  readonly irregularity: number;
  readonly surprise: number;
  readonly repetition: number;
}

export interface ScoredBeat extends AfScores {
  readonly at: number;
}

/** The verdict on one beat. `at` is the time it was pushed with. */
export interface AfVerdict {
  readonly at: number;
  readonly af: boolean;
}

export interface AfLimits {
  /** Weight of the repetition, which is evidence against fibrillation. */
  readonly repetition: number;
  readonly lower: number;
  readonly upper: number;
}

/** Chosen on the development records (docs/clinical/rules/atrial-fibrillation.md, `tools/fit/fibrillation/atrial-fibrillation.ts`). */
const SHIPPED: AfLimits = { repetition: 0.8, lower: 0.62, upper: 1.3 };
/** So many beats wait for a later one to prove their run, about three minutes; older ones are not fibrillation. */
const MAX_WAITING = 220;
/** Under this, irregularity and surprise together decide against fibrillation, whatever the repetition; it is not measured. */
export const MIN_EVIDENCE = 0.5;

export interface AfDecisionState {
  /** The run over the lower limit that goes on now has had a beat over the upper one. */
  readonly proven: boolean;
  /** Beats of that run that wait for one: the first one's time, then differences, ms. Empty once proven. */
  readonly waiting: readonly number[];
}

export const NO_AF_DECISION: AfDecisionState = { proven: false, waiting: [] };

function evidence({ irregularity, surprise, repetition }: AfScores, weight: number): number {
  return irregularity + surprise - weight * repetition;
}

/** Are these scores over the lower limit? Then it may be fibrillation, proven or not. */
export function isIrregular(scores: AfScores): boolean {
  return evidence(scores, SHIPPED.repetition) > SHIPPED.lower;
}

export class AfDecision {
  private proven: boolean;
  private waiting: number[];

  /** Other limits than the shipped ones: for fitting. */
  constructor(
    state: AfDecisionState,
    private readonly limits = SHIPPED,
  ) {
    this.proven = state.proven;
    let at = 0;
    this.waiting = state.waiting.map((each) => (at += each));
  }

  /** The next beat in time: verdicts come out in order, at once or when the beat's run is proven or over. */
  take(beat: ScoredBeat): readonly AfVerdict[] {
    const found = evidence(beat, this.limits.repetition);
    if (!(found > this.limits.lower)) {
      this.proven = false;
      return [...this.settle(false), { at: beat.at, af: false }];
    }
    if (this.proven || found > this.limits.upper) {
      this.proven = true;
      return [...this.settle(true), { at: beat.at, af: true }];
    }
    this.waiting.push(beat.at);
    return this.waiting.length > MAX_WAITING ? [{ at: this.waiting.shift()!, af: false }] : [];
  }

  /** The beats break off: what waits was never proven. */
  finish(): readonly AfVerdict[] {
    this.proven = false;
    return this.settle(false);
  }

  save(): AfDecisionState {
    const { proven, waiting } = this;
    return { proven, waiting: waiting.map((at, i) => (i > 0 ? at - waiting[i - 1]! : at)) };
  }

  private settle(af: boolean): readonly AfVerdict[] {
    if (this.waiting.length === 0) return [];
    const verdicts = this.waiting.map((at) => ({ at, af }));
    this.waiting = [];
    return verdicts;
  }
}
