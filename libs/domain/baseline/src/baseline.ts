import type { BaselineSpec } from './baseline-specs.js';
import { BIN_MS, BINS_A_DAY, binOf } from './day-bin.js';
import { learn, summaryOf, type History, type Summary } from './history.js';
import { COLD, usualIn, type Usual, type UsualRefusal } from './usual.js';

const SLOT_MS = 10 * 60_000;
/** Values count once they are a day old: by then what came late is in. */
const BINS_OPEN = BINS_A_DAY + 1;
/** How far back of the newest value the usual can still be asked for: what late values of a day may make a rule look at again. */
const BINS_BACK = 10;

/** What is remembered of one measure of one person. Plain JSON, under 1 kB, whatever was sent. */
export interface BaselineState {
  readonly history: History | null;
  /** Summaries that are not in the history yet, oldest first. */
  readonly recent: readonly Summary[];
  /** Number of the bin that is being filled. */
  readonly bin: number;
  /** Number of the newest ten minutes a value was taken from. */
  readonly slot: number;
  readonly values: readonly number[];
  /** What is usual in that bin. */
  readonly usual: Usual | UsualRefusal;
}

/**
 * One good value on (`t` ms, `x` in the canonical unit). Values must come in order of their time; an earlier one is left out. The first value
 * of each ten minutes counts, so that a source that sends often weighs no more than another.
 */
export function observe(spec: BaselineSpec, state: BaselineState | null, t: number, x: number): BaselineState {
  const slot = Math.floor(t / SLOT_MS);
  if (state !== null && slot <= state.slot) return state;
  const bin = binOf(t);
  if (state === null) return { history: null, recent: [], bin, slot, values: [x], usual: COLD };
  if (bin === state.bin) return { ...state, slot, values: [...state.values, x] };
  const known = withBinClosed(spec, state, bin);
  return { ...known, bin, slot, values: [x], usual: usualIn(spec, historyAt(spec, known, bin), bin) };
}

function withBinClosed(
  spec: BaselineSpec,
  { history, recent, bin, values }: BaselineState,
  next: number,
): Pick<BaselineState, 'history' | 'recent'> {
  const all = values.length === 0 ? recent : [...recent, summaryOf(bin, values)];
  const settled = (summary: Summary): boolean => summary[0] <= next - BINS_BACK - BINS_OPEN;
  return {
    history: all.filter(settled).reduce<History | null>((known, each) => learn(spec, known, each), history),
    recent: all.filter((summary) => !settled(summary)),
  };
}

/**
 * The state before the three hours of `t`, and where they begin: the values from there on have to be observed again, because one of them
 * came late, was corrected or withdrawn. For `t` up to a day before the newest value.
 */
export function rewind(
  spec: BaselineSpec,
  state: BaselineState | null,
  t: number,
): { readonly state: BaselineState | null; readonly from: number } {
  const bin = binOf(t);
  const from = bin * BIN_MS;
  if (state === null || state.bin < bin) return { state, from };
  const recent = state.recent.filter((summary) => summary[0] < bin);
  if (state.history === null && recent.length === 0) return { state: null, from };
  const usual = usualIn(spec, historyAt(spec, state, bin), bin);
  return { state: { history: state.history, recent, bin, slot: from / SLOT_MS - 1, values: [], usual }, from };
}

/**
 * What is usual at `t` (ms) by what had been learned then, from the days up to a day before it. It is the same whenever it is asked and in
 * whatever order values came, for `t` up to 30 h before the newest value.
 */
export function usualAt(spec: BaselineSpec, state: BaselineState | null, t: number): Usual | UsualRefusal {
  if (state === null) return COLD;
  const bin = binOf(t);
  return bin === state.bin ? state.usual : usualEarlier(spec, state, bin);
}

/** For values that came late: many of them ask for the same bin. */
const asked = new WeakMap<BaselineState, { readonly bin: number; readonly usual: Usual | UsualRefusal }>();

function usualEarlier(spec: BaselineSpec, state: BaselineState, bin: number): Usual | UsualRefusal {
  const known = asked.get(state);
  if (known?.bin === bin) return known.usual;
  const usual = usualIn(spec, historyAt(spec, state, bin), bin);
  asked.set(state, { bin, usual });
  return usual;
}

function historyAt(
  spec: BaselineSpec,
  { history, recent }: Pick<BaselineState, 'history' | 'recent'>,
  bin: number,
): History | null {
  let known = history;
  for (const summary of recent) if (summary[0] <= bin - BINS_OPEN) known = learn(spec, known, summary);
  return known;
}
