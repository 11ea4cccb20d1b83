/** How early a beat comes and how late the next, beside the intervals of the newest usual beats: beat-timing.ts without the future. */
import { ECG_RATE } from '../stream/waves/stream-channel.js';
import type { Group, Taken } from './stream-beat-groups.js';

/** Of the newest beats, oldest first: group (-1: forgotten) and interval before, samples (0: none). */
export type RecentBeats = ReadonlyArray<readonly [group: number, interval: number]>;

export interface CausalTiming {
  /** Interval before and after over the usual one, at most 4; before is 1 where there is none. */
  readonly before: number;
  readonly after: number;
}

const RECENT = 50;
const USUAL_BEATS = 25;
const USUAL_LEAST = 5;
const NEAR_BEATS = 10;
const DEFAULT = 0.8 * ECG_RATE;

/** The largest group, or of the newest beats where that one is not among them; -1 without groups. */
export function usualGroup(groups: readonly Group[], recent: RecentBeats): number {
  const largest = groups.reduce((most, each, i) => (most < 0 || each.weight > groups[most]!.weight ? i : most), -1);
  if (recent.some(([group]) => group === largest)) return largest;
  const around = groups.map((_, i) => recent.filter(([group]) => group === i).length);
  const most = Math.max(0, ...around);
  return most > 0 ? around.indexOf(most) : largest;
}

/** Usual is the median interval between the newest 25 pairs of usual beats; with less than five of them, of the newest ten beats. Samples at ECG_RATE. */
export function causalTiming(recent: RecentBeats, usual: number, interval: number, next: number): CausalTiming {
  const intervals: number[] = [];
  for (let i = recent.length - 1; i > 0 && intervals.length < USUAL_BEATS; i--) {
    const [[group, each], [earlier]] = [recent[i]!, recent[i - 1]!];
    if (group === usual && earlier === usual && each > 0) intervals.push(each);
  }
  const near = recent.slice(-NEAR_BEATS).flatMap(([, each]) => (each > 0 ? [each] : []));
  const middle = median(intervals.length >= USUAL_LEAST ? intervals : near) ?? DEFAULT;
  return { before: interval > 0 ? Math.min(4, interval / middle) : 1, after: Math.min(4, next / middle) };
}

/** One beat on, with the numbers that groups have after it was taken in. */
export function withBeat(recent: RecentBeats, { group, replaced, merged }: Taken, interval: number): RecentBeats {
  const numberNow = (was: number): number => {
    if (was === replaced) return -1;
    if (merged === null) return was;
    const [gone, into] = merged;
    if (was === gone) return into;
    return was > gone ? was - 1 : was;
  };
  const before = recent.map(([was, each]) => [numberNow(was), each] as const);
  return [...before, [group, interval] as const].slice(-RECENT);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
