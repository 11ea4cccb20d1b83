/** From verdicts on beats to episodes that are emitted, and to the burden of the last 24 hours. */
import type { RhythmFinding } from '../stream/stream-finding.js';
import type { AfVerdict } from './stream-af-decision.js';

/** Episodes of six minutes and more are emitted (device-detected fibrillation as in ASSERT: Healey et al., N Engl J Med 2012;366:120); shorter ones are only kept in the burden. */
const EMITTED_AFTER_MS = 360_000;
/** An episode is over after a minute judged free of it: shorter interruptions are mostly the window's blur. */
const OVER_MS = 60_000;
/** Reported again when an episode passes an hour and a day. */
const WORSE_MS = [3_600_000, 86_400_000] as const;
const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Longer steps between judged beats are gaps: they count neither as fibrillation nor as analysed. */
const MAX_STEP_MS = 10_000;

export interface AfEpisodeState {
  /** Newest judged beat, ms. */
  readonly judged: number | null;
  readonly since: number | null;
  /** Last beat in fibrillation. */
  readonly last: number;
  /** Fibrillation in this episode, and time free of it since, ms. */
  readonly af: number;
  readonly free: number;
  readonly told: boolean;
  /** Steps of WORSE_MS emitted. */
  readonly worse: number;
  /** [hour since 1970, ms of fibrillation, ms analysed], oldest first. */
  readonly hours: ReadonlyArray<readonly [hour: number, af: number, analysed: number]>;
}

export const NO_AF_EPISODE: AfEpisodeState = {
  judged: null,
  since: null,
  last: 0,
  af: 0,
  free: 0,
  told: false,
  worse: 0,
  hours: [],
};

/** One judged beat on. `now` is the time at which the verdict fell, about 46 beats after the beat. */
export function stepEpisode(
  state: AfEpisodeState,
  verdict: AfVerdict,
  now: number,
  confident: boolean,
): { readonly state: AfEpisodeState; readonly finding: RhythmFinding | null } {
  const step = state.judged === null ? 0 : verdict.at - state.judged;
  const time = step > 0 && step <= MAX_STEP_MS ? step : 0;
  const hours = counted(state.hours, verdict, time);
  const next = { ...state, judged: verdict.at, hours };
  if (verdict.af) {
    const since = state.since ?? verdict.at;
    const af = state.since === null ? 0 : state.af + time;
    const grown = { ...next, since, last: verdict.at, af, free: 0 };
    if (!state.told && af >= EMITTED_AFTER_MS) {
      const told = { ...grown, told: true };
      return { state: told, finding: finding(told, now, true, confident) };
    }
    if (state.told && af >= (WORSE_MS[state.worse] ?? Number.POSITIVE_INFINITY)) {
      const worse = { ...grown, worse: state.worse + 1 };
      return { state: worse, finding: finding(worse, now, true, confident) };
    }
    return { state: grown, finding: null };
  }
  const free = state.free + time;
  if (state.since === null || free < OVER_MS) return { state: { ...next, free }, finding: null };
  const over = { ...next, since: null, af: 0, free: 0, told: false, worse: 0 };
  return { state: over, finding: state.told ? finding(next, now, false, confident) : null };
}

/** A gap: an episode that was not emitted yet has to begin anew. An emitted one lasts until a minute free of it was seen. */
export function breakEpisode(state: AfEpisodeState): AfEpisodeState {
  return state.told ? { ...state, judged: null } : { ...state, judged: null, since: null, af: 0, free: 0 };
}

function finding(state: AfEpisodeState, at: number, present: boolean, confident: boolean): RhythmFinding {
  const burden = burdenOf(state, at);
  return {
    rule: 'atrial-fibrillation',
    at,
    present,
    since: present ? (state.since ?? at) : state.last,
    value: Math.round(state.af / 6000) / 10,
    unit: 'min',
    confident,
    note: burden === null ? 'no burden yet' : `burden of the last 24 h ${burden.percent} % of ${burden.analysedH} h`,
  };
}

function counted(hours: AfEpisodeState['hours'], { at, af }: AfVerdict, time: number): AfEpisodeState['hours'] {
  if (time === 0) return hours;
  const hour = Math.floor(at / HOUR_MS);
  const newest = hours.at(-1);
  if (newest?.[0] === hour)
    return [...hours.slice(0, -1), [hour, newest[1] + (af ? time : 0), newest[2] + time] as const];
  return [...hours.filter(([each]) => each > hour - HOURS), [hour, af ? time : 0, time] as const];
}

/** Fibrillation as a share of the time analysed in the 24 clock hours up to `at`. */
export interface AfBurden {
  readonly percent: number;
  readonly analysedH: number;
}

export function burdenOf(state: AfEpisodeState, at: number): AfBurden | null {
  const hour = Math.floor(at / HOUR_MS);
  let af = 0;
  let analysed = 0;
  for (const [each, inAf, all] of state.hours) {
    if (each <= hour - HOURS || each > hour) continue;
    af += inAf;
    analysed += all;
  }
  if (analysed === 0) return null;
  return { percent: Math.round((1000 * af) / analysed) / 10, analysedH: Math.round(analysed / 36_000) / 100 };
}
