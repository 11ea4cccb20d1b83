/**
 * Rhythm from beat intervals as they come: fibrillation, slow and fast heart, pauses, suspected ectopy. One pure step per run of
 * intervals, state of plain JSON under 4 kB, the same findings however the intervals are cut into runs.
 *
 * A gap is time between the end of one run and the start of the next (over a second), or an interval over 10 s; it is never a
 * pause. A second of jitter between runs is taken for the clock's.
 */
import {
  breakEpisode,
  burdenOf,
  NO_AF_EPISODE,
  stepEpisode,
  type AfBurden,
  type AfEpisodeState,
} from '../../fibrillation/stream-af-episode.js';
import type { AfVerdict } from '../../fibrillation/stream-af-decision.js';
import { AfWindow, NEW_AF_WINDOW, type AfWindowState } from '../../fibrillation/stream-af-window.js';
import { NO_ECTOPY, stepEctopy, type EctopyState } from '../../ectopy/stream-ectopy.js';
import type { Refused, RhythmFinding, StreamRefusal } from '../stream-finding.js';
import { NO_PAUSE, stepPause, type PauseState } from './stream-pause.js';
import { breakRate, NEW_RATE, stepRate, type RateState } from './stream-rate.js';

/** Successive intervals between beats, ms. `t` (ms since 1970) is where the first interval begins. */
export interface IntervalRun {
  readonly t: number;
  readonly intervals: readonly number[];
  readonly doubtful: boolean;
}

export interface IntervalState {
  /** Start of the newest run and end of its last interval, ms. */
  readonly from: number;
  readonly until: number;
  /** Intervals under 100 ms (doubled marks), to be added to the next one. */
  readonly carried: number;
  /** Intervals since the last doubtful one, at most 127. */
  readonly clean: number;
  /** The last eight usual intervals, ms. */
  readonly recent: readonly number[];
  readonly af: AfWindowState;
  readonly episode: AfEpisodeState;
  readonly rate: RateState;
  readonly pause: PauseState;
  readonly ectopy: EctopyState;
}

export interface IntervalStep {
  readonly state: IntervalState;
  readonly findings: readonly RhythmFinding[];
  readonly refusals: readonly Refused[];
}

const JITTER_MS = 1000;
const SAME_MS = 1;
const DOUBLED_MS = 100;
/** Plausibility of an interval: docs/clinical/plausibility.md. */
const MIN_MS = 200;
const MAX_MS = 10_000;
const MAX_USUAL_MS = 3000;
const LOCAL = 8;
const AF_BEATS = 127;
/** An interval longer than a day is no time at all: it would carry the clock away. */
const DAY_MS = 86_400_000;
/** After ten minutes without beats the fibrillation window says nothing of now. */
const STALE_MS = 600_000;

function begin(t: number): IntervalState {
  return {
    from: t,
    until: t,
    carried: 0,
    clean: AF_BEATS,
    recent: [],
    af: NEW_AF_WINDOW,
    episode: NO_AF_EPISODE,
    rate: NEW_RATE,
    pause: NO_PAUSE,
    ectopy: NO_ECTOPY,
  };
}

/** One run on. A refused run leaves the state as it was; without any state yet it starts an empty one. */
export function stepIntervals(state: IntervalState | null, run: IntervalRun): IntervalStep {
  const refusal = refusalOf(state, run);
  if (refusal !== null || run.intervals.length === 0) {
    const kept = state ?? begin(Number.isFinite(run.t) ? run.t : 0);
    return { state: kept, findings: [], refusals: refusal === null ? [] : [{ reason: refusal, count: 1 }] };
  }
  const stream = new IntervalStream(state ?? begin(run.t), run);
  for (const interval of run.intervals) stream.push(interval);
  return stream.save();
}

/** Share of fibrillation over the 24 h before `at` (ms), all episodes counted, those under six minutes too; null when nothing was analysed. */
export function afBurden(state: IntervalState, at: number): AfBurden | null {
  return burdenOf(state.episode, at);
}

function refusalOf(state: IntervalState | null, { t, intervals }: IntervalRun): StreamRefusal | null {
  if (!Number.isFinite(t) || intervals.some((each) => !Number.isFinite(each) || each < 0)) return 'not-a-number';
  if (intervals.some((each) => each > DAY_MS)) return 'interval-out-of-range';
  if (state === null || state.from === state.until) return null;
  if (t === state.from) return 'duplicate';
  if (t < state.from) return 'reversed';
  return t < state.until - JITTER_MS ? 'overlapping' : null;
}

class IntervalStream {
  private readonly findings: RhythmFinding[] = [];
  private refused = 0;
  private window: AfWindow;
  private clock: number;
  private carried: number;
  private clean: number;
  private recent: readonly number[];
  private episode: AfEpisodeState;
  private rate: RateState;
  private pause: PauseState;
  private ectopy: EctopyState;

  constructor(
    state: IntervalState,
    private readonly run: IntervalRun,
  ) {
    this.window = new AfWindow(state.af);
    ({ carried: this.carried, clean: this.clean, recent: this.recent, episode: this.episode } = state);
    ({ rate: this.rate, pause: this.pause, ectopy: this.ectopy } = state);
    // The sum so far, not `t`, while the two agree: the same clock however the runs are cut.
    const step = run.t - state.until;
    this.clock = step < SAME_MS ? state.until : run.t;
    if (step > JITTER_MS) this.gap(step);
  }

  push(given: number): void {
    this.clock += given;
    const interval = given + this.carried;
    if (given < MIN_MS || given > MAX_MS) this.refused++;
    this.carried = interval < DOUBLED_MS ? interval : 0;
    if (this.carried > 0 || interval === 0) return;
    this.clean = this.run.doubtful ? 0 : Math.min(AF_BEATS, this.clean + 1);
    const at = Math.round(this.clock);
    if (interval > MAX_MS) this.gap(interval);
    this.judge(this.window.push(at, interval), at);
    if (interval >= MIN_MS && interval <= MAX_MS) this.follow(interval, at);
  }

  save(): IntervalStep {
    const { carried, clean, recent, episode, rate, pause, ectopy, refused } = this;
    const state: IntervalState = {
      from: this.run.t,
      until: this.clock,
      carried,
      clean,
      recent,
      af: this.window.save(),
      episode,
      rate,
      pause,
      ectopy,
    };
    const refusals = refused > 0 ? [{ reason: 'interval-out-of-range' as const, count: refused }] : [];
    return { state, findings: this.findings, refusals };
  }

  private gap(length: number): void {
    this.recent = [];
    this.carried = 0;
    this.rate = breakRate(this.rate);
    this.ectopy = { ...this.ectopy, early: null };
    if (length < STALE_MS) return;
    this.judge(this.window.finish(), Math.round(this.clock));
    this.window = new AfWindow(NEW_AF_WINDOW);
    this.episode = breakEpisode(this.episode);
  }

  private judge(verdicts: readonly AfVerdict[], at: number): void {
    for (const verdict of verdicts) {
      const { state, finding } = stepEpisode(this.episode, verdict, at, this.clean >= AF_BEATS);
      this.episode = state;
      if (finding) this.findings.push(finding);
    }
  }

  private follow(interval: number, at: number): void {
    const { recent } = this;
    const isClean = this.clean >= LOCAL;
    const pause = stepPause(this.pause, interval, at, recent, !this.run.doubtful);
    this.pause = pause.state;
    const ectopy = stepEctopy(this.ectopy, interval, at, recent, this.window.isIrregular(), isClean);
    this.ectopy = ectopy.state;
    for (const each of [pause.finding, ectopy.finding]) if (each) this.findings.push(each);
    if (interval <= MAX_USUAL_MS) this.recent = [...recent, interval].slice(-LOCAL);
    if (this.recent.length < LOCAL) return;
    const rate = (60_000 * LOCAL) / this.recent.reduce((sum, each) => sum + each, 0);
    const { state, findings } = stepRate(this.rate, rate, at, interval, isClean);
    this.rate = state;
    this.findings.push(...findings);
  }
}
