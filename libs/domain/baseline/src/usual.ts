import type { BaselineSpec } from './baseline-specs.js';
import { BINS_A_DAY, placeOf } from './day-bin.js';
import { DAYS_TO_KNOW, isOutdated, spreadOf, type History } from './history.js';
import { rounded } from './robust.js';

/** What is usual for this person at this time of day; `days` is how many days it rests on, at most 21. */
export type Usual = Readonly<Record<'expected' | 'spread' | 'days', number>>;

export interface UsualRefusal {
  /**
   * `cold-start`: no time of day has five days yet. `time-of-day-unknown`: this one has not, nor a neighbour. `outdated`: nothing was learned
   * for 28 days.
   */
  readonly refused: 'cold-start' | 'time-of-day-unknown' | 'outdated';
}

export const COLD: UsualRefusal = { refused: 'cold-start' };

/** The value less the expected one, in spreads. */
export function deviationOf({ expected, spread }: Usual, x: number): number {
  return (x - expected) / spread;
}

/** What the history says of a bin, or why it says nothing. */
export function usualIn(spec: BaselineSpec, history: History | null, bin: number): Usual | UsualRefusal {
  if (history === null) return COLD;
  if (isOutdated(history, bin)) return { refused: 'outdated' };
  const own = usualOf(spec, history, placeOf(bin));
  if (own !== null) return own;
  const around = [-1, 1].flatMap((step) => usualOf(spec, history, placeOf(bin + step)) ?? []);
  if (around.length > 0) return between(around);
  const someKnown = Array.from({ length: BINS_A_DAY }, (_, place) => usualOf(spec, history, place)).some(Boolean);
  return someKnown ? { refused: 'time-of-day-unknown' } : COLD;
}

function usualOf(spec: BaselineSpec, { places }: History, place: number): Usual | null {
  const [days, expected, within, between] = places[place] ?? [0, 0, 0, 0];
  return days < DAYS_TO_KNOW ? null : { expected, spread: rounded(spreadOf(spec, within, between)), days };
}

/** A time of day with too few days takes its neighbours' mean; that they differ widens the spread, and one alone is wider by half. */
function between(around: readonly Usual[]): Usual {
  const mean = (of: (usual: Usual) => number): number =>
    around.reduce((sum, each) => sum + of(each), 0) / around.length;
  const expected = mean((usual) => usual.expected);
  const apart = Math.max(...around.map((usual) => Math.abs(usual.expected - expected)));
  const spread = mean((usual) => usual.spread);
  return {
    expected: rounded(expected),
    spread: rounded(around.length === 1 ? 1.5 * spread : Math.hypot(spread, apart)),
    days: Math.min(...around.map((usual) => usual.days)),
  };
}
