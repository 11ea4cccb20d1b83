/**
 * Atrial fibrillation from the intervals between beats, resumed at any interval. Three scores of the last 91 intervals: the word
 * entropy of the intervals with ectopic short-long pairs evened out (irregularity that vanishes with the pairs is ectopy), the share
 * of intervals that could not be predicted (irregularity that repeats itself is ectopy too), and how far they repeat themselves (what
 * comes and goes with breathing is sinus rhythm). `stream-af-decision.ts` makes verdicts of them.
 */
import { IntervalForecast } from './interval-forecast.js';
import { repetition } from './interval-repetition.js';
import {
  AfDecision,
  isIrregular,
  MIN_EVIDENCE,
  NO_AF_DECISION,
  type AfDecisionState,
  type AfScores,
  type AfVerdict,
  type ScoredBeat,
} from './stream-af-decision.js';
import { WordEntropy } from './word-entropy.js';

/** A beat this much earlier than the local median (of 8), with a pause that makes up for it, is taken for ectopic. */
const PREMATURE = 0.85;
const LOCAL = 8;
/** Intervals outside are gaps or doubled marks, ms: they are left out. */
const MIN_MS = 100;
const MAX_MS = 5000;

/** What else was chosen on the development records. */
export interface AfDesign {
  /** Intervals that are judged together; odd. */
  readonly window: number;
  /** Length of the runs that an interval is predicted from. */
  readonly run: number;
  /** Relative error from which an interval counts as not predicted. */
  readonly tolerance: number;
  /** How far from two usual intervals an early one and its pause may be together, share of the usual one. */
  readonly compensation: number;
}

const SHIPPED: AfDesign = { window: 91, run: 3, tolerance: 0.1, compensation: 0.4 };

export interface AfWindowState {
  /** The newest 93 heart-rate symbols, early beats evened out. */
  readonly even: string;
  /** The newest 130 intervals, whole ms. */
  readonly past: readonly number[];
  /** Which of the newest 91 intervals were not predicted: 1 or 0 each. */
  readonly surprises: string;
  /** End and interval (ms) of the beat that waits for its successor, and the evened interval it was given. */
  readonly waiting: readonly [at: number, interval: number, corrected: number | null] | null;
  /** The last eight evened intervals, ms. */
  readonly recent: readonly number[];
  /** Beats without scores yet: the first one's time, then differences. */
  readonly pending: readonly number[];
  /** Newest scores. Memory stored before the repetition was measured has two. */
  readonly scores: readonly [irregularity: number, surprise: number, repetition?: number] | null;
  /** Missing in memory stored before runs had to be proven: nothing is proven then. */
  readonly decision?: AfDecisionState;
}

export const NEW_AF_WINDOW: AfWindowState = {
  even: '',
  past: [],
  surprises: '',
  waiting: null,
  recent: [],
  pending: [],
  scores: null,
  decision: NO_AF_DECISION,
};

export class AfWindow {
  private readonly even: WordEntropy;
  private readonly forecast: IntervalForecast;
  private surprises: string;
  private surprising: number;
  private waiting: AfWindowState['waiting'];
  private readonly recent: number[];
  private pending: number[];
  private scores: AfScores | null;
  private readonly decision: AfDecision;

  /** Another design than the shipped one: for fitting; the limits stay. */
  constructor(
    state: AfWindowState,
    private readonly design = SHIPPED,
  ) {
    this.even = new WordEntropy(design.window, state.even);
    this.forecast = new IntervalForecast([...state.past], design.run, design.tolerance);
    this.surprises = state.surprises;
    this.surprising = state.surprises.replaceAll('0', '').length;
    this.waiting = state.waiting;
    this.recent = [...state.recent];
    let at = 0;
    this.pending = state.pending.map((each) => (at += each));
    this.scores = state.scores && this.scored(state.scores[0], state.scores[1], state.scores[2]);
    this.decision = new AfDecision(state.decision ?? NO_AF_DECISION);
  }

  /**
   * One interval (ms) and the time of the beat that ends it, whole ms where the state is to be saved. Verdicts come out in order, about 46
   * beats late; those of a run that may be fibrillation but is not proven, up to 266.
   */
  push(at: number, given: number): readonly AfVerdict[] {
    return this.score(at, given).flatMap((beat) => this.decision.take(beat));
  }

  /** The verdicts still owed when the beats break off: those of the last half window, as the newest whole one. */
  finish(): readonly AfVerdict[] {
    return [...this.scoreRest().flatMap((beat) => this.decision.take(beat)), ...this.decision.finish()];
  }

  /** As `push`, before the decision: the scores of beats, about 46 beats late. */
  score(at: number, given: number): readonly ScoredBeat[] {
    const interval = Math.round(given);
    if (!(interval >= MIN_MS && interval <= MAX_MS)) return [];
    if (this.waiting === null) {
      this.waiting = [at, interval, null];
      return [];
    }
    const { beats, carried } = this.settle(this.waiting, interval);
    this.waiting = [at, interval, carried];
    return beats;
  }

  /** As `finish`, before the decision. */
  scoreRest(): readonly ScoredBeat[] {
    const out = this.waiting ? [...this.settle(this.waiting, 0).beats] : [];
    this.waiting = null;
    out.push(...this.withScores(this.pending));
    this.pending = [];
    return out;
  }

  /** May the newest window be of fibrillation? It is around the beat 46 beats ago. */
  isIrregular(): boolean {
    return this.scores !== null && isIrregular(this.scores);
  }

  save(): AfWindowState {
    const { surprises, waiting, recent, pending, scores } = this;
    return {
      even: this.even.save(),
      past: this.forecast.save(),
      surprises,
      waiting,
      recent: [...recent],
      pending: pending.map((at, i) => (i > 0 ? at - pending[i - 1]! : at)),
      scores: scores && [scores.irregularity, scores.surprise, scores.repetition],
      decision: this.decision.save(),
    };
  }

  private scored(
    irregularity: number,
    surprise: number,
    known = irregularity + surprise > MIN_EVIDENCE ? repetition(this.forecast.newest(this.design.window)) : 0,
  ): AfScores {
    return { irregularity, surprise, repetition: known };
  }

  private settle(
    [at, interval, given]: NonNullable<AfWindowState['waiting']>,
    next: number,
  ): { beats: readonly ScoredBeat[]; carried: number | null } {
    let corrected = given ?? interval;
    let carried: number | null = null;
    if (given === null && this.recent.length >= LOCAL / 2) {
      const usual = median(this.recent);
      const makesUp = Math.abs(interval + next - 2 * usual) < this.design.compensation * usual;
      if (interval < PREMATURE * usual && next > usual && makesUp) {
        corrected = (interval + next) / 2;
        carried = corrected;
      }
    }
    this.recent.push(corrected);
    if (this.recent.length > LOCAL) this.recent.shift();
    return { beats: this.judge(at, interval, corrected), carried };
  }

  private judge(at: number, interval: number, corrected: number): readonly ScoredBeat[] {
    this.even.push(corrected);
    this.note(this.forecast.isSurprise(interval));
    this.pending.push(at);
    const irregularity = this.even.score();
    if (irregularity === null) return [];
    this.scores = this.scored(irregularity, this.surprising / this.design.window);
    // All but the half window that later intervals may still confirm.
    return this.withScores(this.pending.splice(0, this.pending.length - (this.design.window - 1) / 2));
  }

  private note(isSurprise: boolean): void {
    if (this.surprises.length === this.design.window) {
      if (this.surprises.startsWith('1')) this.surprising--;
      this.surprises = this.surprises.slice(1);
    }
    this.surprises += isSurprise ? '1' : '0';
    if (isSurprise) this.surprising++;
  }

  private withScores(beats: readonly number[]): readonly ScoredBeat[] {
    const { scores } = this;
    return scores === null ? [] : beats.map((at) => ({ at, ...scores }));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
