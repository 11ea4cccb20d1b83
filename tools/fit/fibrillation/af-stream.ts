import type { Stretch } from '../../validate/wfdb.js';
import type { AfRecord } from './af-records.js';
import { secondsOf, streamIntervals } from './interval-stream.js';

const LONG_S = 360;
const JOINED_S = 60;

export interface StreamCounts {
  readonly episodes: number;
  readonly told: number;
  readonly falselyTold: number;
  /** Seconds from onset to the telling. */
  readonly delays: readonly number[];
}

/** Marked episodes of six minutes and more, interruptions under a minute joined. */
function longEpisodes({ truth, beats }: AfRecord): readonly Stretch[] {
  const joined: Array<{ from: number; to: number }> = [];
  for (const { from, to } of truth) {
    const last = joined.at(-1);
    const end = Math.min(to, beats.at(-1) ?? to);
    if (last && from - last.to < JOINED_S) last.to = end;
    else joined.push({ from, to: end });
  }
  return joined.filter(({ from, to }) => to - from >= LONG_S);
}

/** The marked beats through the stream in runs of 30. A telling is false when less than half of it lies in marked fibrillation. */
export function streamed(record: AfRecord): StreamCounts {
  const tellings: Array<{ since: number; at: number; until: number }> = [];
  for (const { rule, present, since, at } of streamIntervals([record.beats])) {
    if (rule !== 'atrial-fibrillation') continue;
    const open = tellings.at(-1);
    // Reported again at an hour and a day: the same episode.
    const isNew = open?.until !== Number.POSITIVE_INFINITY;
    if (present && isNew)
      tellings.push({ since: secondsOf(since), at: secondsOf(at), until: Number.POSITIVE_INFINITY });
    else if (!present && open) open.until = secondsOf(since);
  }
  const inAf = ({ since, at }: { since: number; at: number }): number =>
    record.truth.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, at) - Math.max(from, since)), 0);
  const episodes = longEpisodes(record);
  const delays = episodes.flatMap(({ from, to }) => {
    const found = tellings.find(({ since, until }) => since < to && until > from);
    return found ? [Math.max(0, found.at - from)] : [];
  });
  const falselyTold = tellings.filter((telling) => inAf(telling) < (telling.at - telling.since) / 2).length;
  return { episodes: episodes.length, told: delays.length, falselyTold, delays };
}
