import type { BaselineSpec } from './baseline-specs.js';
import { BIN_MS, BINS_A_DAY, binOf } from './day-bin.js';
import { learn, summaryOf, type History, type Summary } from './history.js';

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
}

/**
 * One good value on (`t` ms, `x` in the canonical unit). Values must come in order of their time; an earlier one is left out. The first value
 * of each ten minutes counts, so that a source that sends often weighs no more than another.
 */
export function observe(spec: BaselineSpec, state: BaselineState | null, t: number, x: number): BaselineState {
  const slot = Math.floor(t / SLOT_MS);
  if (state !== null && slot <= state.slot) return state;
  const bin = binOf(t);
  if (state === null) return { history: null, recent: [], bin, slot, values: [x] };
  if (bin === state.bin) return { ...state, slot, values: [...state.values, x] };
  return { ...withBinClosed(spec, state, bin), bin, slot, values: [x] };
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
  state: BaselineState | null,
  t: number,
): { readonly state: BaselineState | null; readonly from: number } {
  const bin = binOf(t);
  const from = bin * BIN_MS;
  if (state === null || state.bin < bin) return { state, from };
  const recent = state.recent.filter((summary) => summary[0] < bin);
  if (state.history === null && recent.length === 0) return { state: null, from };
  return { state: { ...state, recent, bin, slot: from / SLOT_MS - 1, values: [] }, from };
}

/**
 * What had been learned by `t`, from the days up to a day before it. It is the same whenever it is asked and in whatever order values came,
 * for `t` up to 30 h before the newest value.
 */
export function historyAt(spec: BaselineSpec, { history, recent }: BaselineState, t: number): History | null {
  const last = binOf(t) - BINS_OPEN;
  let known = history;
  for (const summary of recent) if (summary[0] <= last) known = learn(spec, known, summary);
  return known;
}
