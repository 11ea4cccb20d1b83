/**
 * Atrial fibrillation from the intervals between beats, resumed at any interval. Two scores of the last 91 intervals must both be
 * high: the word entropy of the intervals with ectopic short-long pairs evened out (irregularity that vanishes with the pairs is
 * ectopy), and the share of intervals that could not be foreseen (irregularity that repeats itself is ectopy too).
 */
import { IntervalForecast } from './interval-forecast.js';
import { WordEntropy } from './word-entropy.js';

/** Limits of the two scores. Chosen on the development records (docs/clinical/rules/atrial-fibrillation.md). */
const IRREGULAR = 0.58;
const SURPRISING = 0.35;
/** A beat this much earlier than the local median (of 8), with a pause that makes up for it, is taken for ectopic. */
const PREMATURE = 0.85;
const LOCAL = 8;
/** Intervals outside are gaps or doubled marks, ms: they are left out. */
const SHORTEST_MS = 100;
const LONGEST_MS = 5000;

/** What else was chosen on the development records. */
export interface AfDesign {
  /** Intervals that are judged together; odd. */
  readonly window: number;
  /** Length of the runs that an interval is foreseen from. */
  readonly run: number;
  /** Relative error from which an interval counts as not foreseen. */
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
  /** Which of the newest 91 intervals were not foreseen: 1 or 0 each. */
  readonly surprises: string;
  /** End and interval (ms) of the beat that waits for its successor, and the evened interval it was given. */
  readonly waiting: readonly [at: number, interval: number, corrected: number | null] | null;
  /** The last eight evened intervals, ms. */
  readonly recent: readonly number[];
  /** Beats not judged yet: the first one's time, then differences. */
  readonly pending: readonly number[];
  /** Newest scores. */
  readonly scores: readonly [irregularity: number, surprise: number] | null;
}

export const NEW_AF_WINDOW: AfWindowState = {
  even: '',
  past: [],
  surprises: '',
  waiting: null,
  recent: [],
  pending: [],
  scores: null,
};

/** The verdict on one beat; beats come out in order, about 46 beats late. `at` is the time it was pushed with. */
export interface AfVerdict {
  readonly at: number;
  readonly af: boolean;
  /** The scores it was judged by, each 0..1. */
  readonly irregularity: number;
  readonly surprise: number;
}

export class AfWindow {
  private readonly even: WordEntropy;
  private readonly forecast: IntervalForecast;
  private surprises: string;
  private surprising: number;
  private waiting: AfWindowState['waiting'];
  private readonly recent: number[];
  private pending: number[];
  private scores: AfWindowState['scores'];

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
    this.scores = state.scores;
  }

  /** One interval (ms) and the time of the beat that ends it, whole ms where the state is to be saved. */
  push(at: number, given: number): readonly AfVerdict[] {
    const interval = Math.round(given);
    if (!(interval >= SHORTEST_MS && interval <= LONGEST_MS)) return [];
    if (this.waiting === null) {
      this.waiting = [at, interval, null];
      return [];
    }
    const { verdicts, carried } = this.settle(this.waiting, interval);
    this.waiting = [at, interval, carried];
    return verdicts;
  }

  /** The verdicts still owed when the beats break off: those of the last half window, as the newest whole one. */
  finish(): readonly AfVerdict[] {
    const out = this.waiting ? [...this.settle(this.waiting, 0).verdicts] : [];
    this.waiting = null;
    out.push(...this.told(this.pending));
    this.pending = [];
    return out;
  }

  /** The newest verdict: of the beat 46 beats ago. */
  isAf(): boolean {
    return this.scores !== null && this.scores[0] > IRREGULAR && this.scores[1] > SURPRISING;
  }

  save(): AfWindowState {
    const { surprises, waiting, recent, pending, scores } = this;
    const differences = pending.map((at, i) => (i > 0 ? at - pending[i - 1]! : at));
    const [even, past] = [this.even.save(), this.forecast.save()];
    return { even, past, surprises, waiting, recent: [...recent], pending: differences, scores };
  }

  private settle(
    [at, interval, given]: NonNullable<AfWindowState['waiting']>,
    next: number,
  ): { verdicts: readonly AfVerdict[]; carried: number | null } {
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
    return { verdicts: this.judge(at, interval, corrected), carried };
  }

  private judge(at: number, interval: number, corrected: number): readonly AfVerdict[] {
    this.even.push(corrected);
    this.note(this.forecast.isSurprise(interval));
    this.pending.push(at);
    const irregularity = this.even.score();
    if (irregularity === null) return [];
    this.scores = [irregularity, this.surprising / this.design.window];
    // All but the half window that later intervals may still speak for.
    return this.told(this.pending.splice(0, this.pending.length - (this.design.window - 1) / 2));
  }

  private note(isSurprise: boolean): void {
    if (this.surprises.length === this.design.window) {
      if (this.surprises.startsWith('1')) this.surprising--;
      this.surprises = this.surprises.slice(1);
    }
    this.surprises += isSurprise ? '1' : '0';
    if (isSurprise) this.surprising++;
  }

  private told(beats: readonly number[]): readonly AfVerdict[] {
    if (this.scores === null) return [];
    const [irregularity, surprise] = this.scores;
    const af = this.isAf();
    return beats.map((at) => ({ at, af, irregularity, surprise }));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
