/** How many of the newest beats are ventricular: counts by half minutes of the last five minutes, whatever the number of beats. */
import type { StreamBeat } from './stream-beat-class.js';

/** Plain JSON under 400 characters. */
export interface VentricularCount {
  /** Oldest first; half minutes since 1970, seconds: the intervals of its beats. */
  readonly parts: ReadonlyArray<
    readonly [halfMinute: number, beats: number, ventricular: number, seconds: number, longestRun: number]
  >;
  /** Ventricular beats without another since. */
  readonly run: number;
  /** Time of the newest beat, ms. */
  readonly newest: number;
}

/** Of the newest five minutes, to half a minute. */
export interface VentricularBeats {
  /** Share of the classed beats, %, one decimal. */
  readonly percent: number;
  readonly beats: number;
  readonly ventricular: number;
  /** Ventricular beats per minute of time between beats, one decimal. */
  readonly perMinute: number;
  /** Most ventricular beats in a row. */
  readonly longestRun: number;
  /** Time of the newest beat, ms. */
  readonly newest: number;
}

const HALF_MINUTE_MS = 30_000;
const PARTS = 10;
/** About a minute: of fewer beats a share says little. */
const MIN_BEATS = 60;

/** Takes the newest beats in; what is older than five minutes at `at` (ms) is forgotten, beats or no beats. */
export function countVentricular(
  before: VentricularCount | null,
  newest: readonly StreamBeat[],
  at: number,
): VentricularCount | null {
  const oldest = Math.floor(at / HALF_MINUTE_MS) - PARTS + 1;
  const parts = (before?.parts ?? []).filter(([part]) => part >= oldest);
  if (newest.length === 0) {
    if (before === null || parts.length === before.parts.length) return before;
    return parts.length === 0 ? null : { ...before, parts };
  }
  let run = before?.run ?? 0;
  for (const beat of newest) {
    const isV = beat.class === 'V';
    run = isV ? (beat.interval === null ? 1 : run + 1) : 0;
    const part = Math.max(Math.floor(beat.at / HALF_MINUTE_MS), parts.at(-1)?.[0] ?? 0);
    const [, beats, ventricular, seconds, longest] = parts.at(-1)?.[0] === part ? parts.pop()! : [part, 0, 0, 0, 0];
    const time = Math.round(1000 * (seconds + (beat.interval ?? 0))) / 1000;
    parts.push([part, beats + 1, ventricular + (isV ? 1 : 0), time, Math.max(longest, run)]);
  }
  return { parts: parts.slice(-PARTS), run, newest: newest.at(-1)!.at };
}

/** Refused under sixty beats in five minutes. */
export function ventricularShare(
  count: VentricularCount | null,
): VentricularBeats | { readonly refused: 'too-few-beats' } {
  const parts = count?.parts ?? [];
  const sum = (of: 1 | 2 | 3): number => parts.reduce((total, part) => total + part[of], 0);
  const [beats, ventricular, seconds] = [sum(1), sum(2), sum(3)];
  if (count === null || beats < MIN_BEATS || seconds <= 0) return { refused: 'too-few-beats' };
  return {
    percent: tenth((100 * ventricular) / beats),
    beats,
    ventricular,
    perMinute: tenth((60 * ventricular) / seconds),
    longestRun: Math.max(...parts.map(([, , , , longest]) => longest)),
    newest: count.newest,
  };
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}
