import { measureByName } from '#libs/domain/quantities';
import { hrvSummary } from '#libs/domain/rhythm';
import type { Derived, FoldedMeasure } from '../derived.js';
import type { Sample } from '../rule.js';

const WINDOW_MS = 5 * 60_000;
/** Time between the end of one run and the start of the next that makes them one. */
const JOINED_MS = 1000;
/** Five minutes at 300/min. */
const MOST_INTERVALS = 1500;

/** Joined runs of intervals (ms) that began within five minutes of the newest, by their start. */
type Runs = readonly (readonly [t: number, intervals: readonly number[]])[];

function step(memory: unknown, { cited: [, , t, x, quality], series }: Sample): Runs | null {
  const runs = (memory as Runs | null) ?? [];
  const last = runs.at(-1);
  if (quality !== 0 || (last !== undefined && t <= last[0])) return memory as Runs | null;
  const run = [t, (series ?? [x]).slice(0, MOST_INTERVALS)] as const;
  if (last === undefined || t - endOf(last) > JOINED_MS) return [run];
  const kept = runs.filter(([start]) => start > t - WINDOW_MS);
  return countOf(kept) + run[1].length > MOST_INTERVALS ? [run] : [...kept, run];
}

function endOf([t, intervals]: Runs[number]): number {
  return intervals.reduce((sum, interval) => sum + interval, t);
}

function countOf(runs: Runs): number {
  return runs.reduce((sum, [, intervals]) => sum + intervals.length, 0);
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
  code: measureByName('rr-interval')!.number,
  step,
  rewind: (memory, t) => ({ memory: null, from: ((memory as Runs | null)?.at(-1)?.[0] ?? t) - WINDOW_MS }),
  read,
};
