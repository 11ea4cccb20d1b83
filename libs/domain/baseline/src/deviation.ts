import type { BaselineSpec } from './baseline-specs.js';
import { historyAt, type BaselineState } from './baseline.js';
import { BINS_A_DAY, binOf, placeOf } from './day-bin.js';
import { DAYS_TO_KNOW, isOutdated, spreadOf, type History } from './history.js';

/** What is usual for this person at this time of day; `days` is how many days it rests on, at most 21. */
export interface Usual {
  readonly kind: 'usual';
  readonly expected: number;
  readonly spread: number;
  readonly days: number;
}

export interface UsualRefusal {
  readonly kind: 'refused';
  /**
   * `cold-start`: no time of day has five days yet. `time-of-day-unknown`: this one has not, nor a neighbour. `outdated`: nothing was learned
   * for 28 days.
   */
  readonly reason: 'cold-start' | 'time-of-day-unknown' | 'outdated';
}

/** `z`: the value less the expected one, in spreads. */
export type Deviation = (Omit<Usual, 'kind'> & { readonly kind: 'deviation'; readonly z: number }) | UsualRefusal;

/** How far a value at `t` (ms) is from what is usual, or why that is not known. `t` up to 30 h before the newest value. */
export function deviationOf(spec: BaselineSpec, state: BaselineState | null, t: number, x: number): Deviation {
  const usual = usualAt(spec, state, t);
  if (usual.kind === 'refused') return usual;
  const { expected, spread, days } = usual;
  return { kind: 'deviation', z: (x - expected) / spread, expected, spread, days };
}

const COLD: UsualRefusal = { kind: 'refused', reason: 'cold-start' };
/** The usual follows from the state and the bin, and most values ask for the same one again. */
const asked = new WeakMap<BaselineState, { readonly bin: number; readonly usual: Usual | UsualRefusal }>();

function usualAt(spec: BaselineSpec, state: BaselineState | null, t: number): Usual | UsualRefusal {
  if (state === null) return COLD;
  const bin = binOf(t);
  const known = asked.get(state);
  if (known?.bin === bin) return known.usual;
  const usual = read(spec, historyAt(spec, state, t), bin);
  asked.set(state, { bin, usual });
  return usual;
}

function read(spec: BaselineSpec, history: History | null, bin: number): Usual | UsualRefusal {
  if (history === null) return COLD;
  if (isOutdated(history, bin)) return { kind: 'refused', reason: 'outdated' };
  const own = usualOf(spec, history, placeOf(bin));
  if (own !== null) return own;
  const around = [-1, 1].flatMap((step) => usualOf(spec, history, placeOf(bin + step)) ?? []);
  if (around.length > 0) return between(around);
  const someKnown = Array.from({ length: BINS_A_DAY }, (_, place) => usualOf(spec, history, place)).some(Boolean);
  return someKnown ? { kind: 'refused', reason: 'time-of-day-unknown' } : COLD;
}

function usualOf(spec: BaselineSpec, { places }: History, place: number): Usual | null {
  const [days, expected, within, between] = places[place] ?? [0, 0, 0, 0];
  if (days < DAYS_TO_KNOW) return null;
  return { kind: 'usual', expected, spread: spreadOf(spec, within, between), days };
}

/** A time of day with too few days takes its neighbours' mean; that they differ widens the spread, and one alone counts half as sure. */
function between(around: readonly Usual[]): Usual {
  const mean = (of: (usual: Usual) => number): number =>
    around.reduce((sum, each) => sum + of(each), 0) / around.length;
  const expected = mean((usual) => usual.expected);
  const apart = Math.max(...around.map((usual) => Math.abs(usual.expected - expected)));
  const spread = mean((usual) => usual.spread);
  return {
    kind: 'usual',
    expected,
    spread: around.length === 1 ? spread * Math.SQRT2 : Math.hypot(spread, apart),
    days: Math.min(...around.map((usual) => usual.days)),
  };
}
