/** Atrial fibrillation of a whole recording, from its beat times: the window of `stream-af-window.ts` from end to end. */
import type { AfVerdict, ScoredBeat } from './stream-af-decision.js';
import { AfWindow, NEW_AF_WINDOW, type AfDesign } from './stream-af-window.js';

/** Marks closer than this to the last beat are doubled, ms. */
const DOUBLED_MS = 100;
/** A gap without beats that ends an episode, seconds. */
const GAP_S = 30;

/**
 * A verdict on every beat (times in seconds) that ends a usable interval. The half window at each end gets the scores of the
 * nearest whole window; a recording of fewer than 93 usable intervals gets none. Times that do not rise, and NaN, are ignored.
 */
export function* afVerdicts(beats: Iterable<number>): Iterable<AfVerdict> {
  const window = new AfWindow(NEW_AF_WINDOW);
  for (const { at, interval } of usable(beats)) yield* window.push(at, interval);
  yield* window.finish();
}

/** The scores that `afVerdicts` decides by, of the same beats. `design`: another than the shipped one, for fitting. */
export function* afScores(beats: Iterable<number>, design?: AfDesign): Iterable<ScoredBeat> {
  const window = new AfWindow(NEW_AF_WINDOW, design);
  for (const { at, interval } of usable(beats)) yield* window.score(at, interval);
  yield* window.scoreRest();
}

function* usable(beats: Iterable<number>): Iterable<{ readonly at: number; readonly interval: number }> {
  let last: number | undefined;
  for (const at of beats) {
    if (!Number.isFinite(at)) continue;
    const interval = last === undefined ? DOUBLED_MS : Math.round((at - last) * 1000);
    if (interval < DOUBLED_MS) continue;
    if (last !== undefined) yield { at, interval };
    last = at;
  }
}

/** One episode, seconds from the first to the last beat judged as fibrillation. */
export interface AfEpisode {
  readonly from: number;
  readonly until: number;
}

/** Joins verdicts to episodes. An episode ends where the verdict turns, or at a gap longer than 30 s without beats. */
export function afEpisodes(beats: Iterable<number>): readonly AfEpisode[] {
  const episodes: AfEpisode[] = [];
  let open: { from: number; until: number } | undefined;
  for (const { at, af } of afVerdicts(beats)) {
    if (open && (!af || at - open.until > GAP_S)) {
      episodes.push(open);
      open = undefined;
    }
    if (!af) continue;
    if (open) open.until = at;
    else open = { from: at, until: at };
  }
  if (open) episodes.push(open);
  return episodes;
}
