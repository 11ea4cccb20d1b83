import { measureByName } from '#libs/domain/quantities';
import { hrvSummary } from '#libs/domain/rhythm';
import type { Derived, FoldedMeasure, Sample } from '#libs/domain/twin';

const WINDOW_MS = 5 * 60_000;
/** A run that began so long before still reaches into the five minutes. */
const MAX_RUN_MS = 15 * 60_000;
/** Time between the end of one run and the start of the next that makes them one. */
const JOINED_MS = 1000;
/** Five minutes at 300/min. */
const MAX_INTERVALS = 1500;

/**
 * Joined runs of intervals (ms) of the five minutes up to the end of the newest: when each began, what of it counts, and when that began
 * (absent: all of it). So it does not matter where one run ends and the next begins.
 */
type Runs = readonly (readonly [t: number, intervals: readonly number[], from?: number])[];

function step(memory: unknown, { cited: { t, x, quality }, series }: Sample): Runs | null {
  const runs = (memory as Runs | null) ?? [];
  const last = runs.at(-1);
  if (quality !== 0 || (last !== undefined && t <= last[0])) return memory as Runs | null;
  const run = [t, series ?? [x]] as const;
  return newest(last !== undefined && t - endOf(last) <= JOINED_MS ? [...runs, run] : [run]);
}

function newest(runs: Runs): Runs {
  const end = endOf(runs.at(-1)!);
  let room = MAX_INTERVALS;
  const kept: Runs[number][] = [];
  for (const [t, intervals, from = t] of runs.toReversed()) {
    const ends: number[] = [];
    intervals.reduce((at, interval) => (ends[ends.length] = at + interval), from);
    const first = ends.findIndex((at) => at > end - WINDOW_MS);
    if (first === -1 || room === 0) break;
    const skipped = Math.max(first, intervals.length - room);
    room -= intervals.length - skipped;
    kept.push(skipped === 0 ? [t, intervals, from] : [t, intervals.slice(skipped), ends[skipped - 1]!]);
  }
  return kept.reverse();
}

function endOf([t, intervals, from = t]: Runs[number]): number {
  return intervals.reduce((sum, interval) => sum + interval, from);
}

function read(memory: unknown): Derived {
  const summary = hrvSummary(((memory as Runs | null) ?? []).flatMap(([, intervals]) => intervals));
  if ('refused' in summary) return { refused: summary.refused };
  const { sdnnMs, ...parts } = summary;
  return { value: sdnnMs, parts: { ...parts } };
}

/** SDNN, and by the side RMSSD and pNN50, of the newest five minutes of intervals (Task Force 1996). For display; not for fibrillation. */
export const HEART_RATE_VARIABILITY: FoldedMeasure = {
  kind: 'folded',
  name: 'heart-rate-variability',
  title: 'Heart-rate variability: SDNN of the newest five minutes',
  unit: 'ms',
  of: ['rr-interval'],
  code: measureByName('rr-interval').number,
  step,
  rewind: (memory, t) => {
    const runs = (memory as Runs | null) ?? [];
    return { memory: null, from: Math.min(runs[0]?.[0] ?? t, (runs.at(-1)?.[0] ?? t) - WINDOW_MS - MAX_RUN_MS) };
  },
  read,
};
