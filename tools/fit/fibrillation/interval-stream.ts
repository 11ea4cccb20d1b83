import { stepIntervals, type IntervalState, type RhythmFinding } from '#libs/domain/rhythm';

const RUN = 30;
const START_MS = 1_000_000;

/** Seconds from the recording's start, of a time in a finding. */
export function secondsOf(ms: number): number {
  return (ms - START_MS) / 1000;
}

/** What the stream says of marked beats (seconds) that come in runs of 30 intervals. Between stretches nothing is sent: a gap. */
export function* streamIntervals(stretches: readonly (readonly number[])[]): Iterable<RhythmFinding> {
  let state: IntervalState | null = null;
  for (const beats of stretches) {
    const ms = beats.map((at) => Math.round(at * 1000) + START_MS);
    for (let i = 0; i + 1 < ms.length; i += RUN) {
      const intervals = ms.slice(i + 1, i + 1 + RUN).map((at, k) => at - ms[i + k]!);
      const step = stepIntervals(state, { t: ms[i]!, intervals, doubtful: false });
      state = step.state;
      yield* step.findings;
    }
  }
}
