/** Early beats with a compensatory pause, by intervals alone: ectopy is suspected, intervals cannot show the kind. */
import type { RhythmFinding } from '../stream/stream-finding.js';

/** Prematurity and compensation relative to the median of the last eight usual intervals. */
const PREMATURE = 0.8;
const COMPENSATION = 0.2;
/** Frequent: 30 per hour (Lown and Wolf, Circulation 1971;44:130). Over below 20. */
const FREQUENT = 30;
const RARE = 20;
const BIN_MS = 300_000;
const BINS = 12;
/** Under 20 min analysed the rate is taken as if it were 20, so that three early beats in a minute are not 180 per hour. */
const MIN_MS = 1_200_000;
const HOUR_MS = 3_600_000;

export interface EctopyState {
  /** A premature interval that waits for its successor, ms. */
  readonly early: number | null;
  /** [bin of 5 min since 1970, early beats, ms analysed], oldest first. */
  readonly bins: ReadonlyArray<readonly [bin: number, count: number, analysed: number]>;
  readonly told: boolean;
  /** Rate when last emitted. */
  readonly rate: number;
}

export const NO_ECTOPY: EctopyState = { early: null, bins: [], told: false, rate: 0 };

/** One interval (ms) that ends at `at`. In fibrillation nothing is premature: where it may be (`maybeAf`), time is counted and no beats. */
export function stepEctopy(
  state: EctopyState,
  interval: number,
  at: number,
  recent: readonly number[],
  maybeAf: boolean,
  confident: boolean,
): { readonly state: EctopyState; readonly finding: RhythmFinding | null } {
  const usual = recent.length >= 4 ? recent.toSorted((a, b) => a - b)[recent.length >> 1]! : null;
  const isEctopic =
    state.early !== null &&
    usual !== null &&
    !maybeAf &&
    interval > usual &&
    Math.abs(state.early + interval - 2 * usual) < COMPENSATION * usual;
  const early = usual !== null && interval < PREMATURE * usual ? interval : null;
  const bins = counted(state.bins, Math.floor(at / BIN_MS), isEctopic ? 1 : 0, interval);
  const count = bins.reduce((sum, bin) => sum + bin[1], 0);
  const analysed = bins.reduce((sum, bin) => sum + bin[2], 0);
  const rate = (count * HOUR_MS) / Math.max(analysed, MIN_MS);
  const told = state.told ? rate >= RARE : rate >= FREQUENT;
  const isWorse = told && state.told && rate >= 2 * state.rate;
  if (told === state.told && !isWorse) return { state: { ...state, early, bins }, finding: null };
  const since = (bins[0]?.[0] ?? 0) * BIN_MS;
  return {
    state: { early, bins, told, rate: told ? rate : 0 },
    finding: {
      rule: 'ectopy-suspected',
      at,
      present: told,
      since: told ? since : at,
      value: Math.round(rate),
      unit: '/h',
      confident,
      note: 'suspected from intervals: premature with a compensatory pause; not told apart by origin',
    },
  };
}

function counted(bins: EctopyState['bins'], bin: number, count: number, time: number): EctopyState['bins'] {
  const newest = bins.at(-1);
  if (newest?.[0] === bin)
    return [...bins.slice(0, -1), [bin, newest[1] + count, newest[2] + Math.round(time)] as const];
  return [...bins.filter(([each]) => each > bin - BINS), [bin, count, Math.round(time)] as const];
}
