/** Heart-rate variability of a window (Task Force of the ESC and NASPE, Eur Heart J 1996;17:354): from normal-to-normal intervals only. */

/** SDNN, RMSSD in ms, pNN50 in % of successive differences. */
export interface HrvSummary {
  readonly sdnnMs: number;
  readonly rmssdMs: number;
  readonly pnn50Percent: number;
  /** Normal intervals, and their share of all, 0..1. */
  readonly intervals: number;
  readonly normalShare: number;
}

export interface HrvRefusal {
  readonly refused: 'too-few-intervals' | 'too-few-normal';
  readonly normalShare: number;
}

/** Fewer say nothing: about two minutes of beats. */
const LEAST = 100;
/** Under 80 % normal intervals the figures are of artefact and ectopy. */
const NORMAL_SHARE = 0.8;
const MIN_MS = 300;
const MAX_MS = 2000;
/** Farther from the median of the nine around it: ectopy or artefact. */
const OFF = 0.3;
const AROUND = 4;

/** Summary of successive intervals (ms) of one window; refused when too few are normal. Not meant for fibrillation. */
export function hrvSummary(intervals: readonly number[]): HrvSummary | HrvRefusal {
  const normal = intervals.map((each, i) => isNormal(each, intervals.slice(Math.max(0, i - AROUND), i + AROUND + 1)));
  const values = intervals.filter((_, i) => normal[i]);
  const normalShare = intervals.length > 0 ? values.length / intervals.length : 0;
  if (values.length < LEAST) return { refused: 'too-few-intervals', normalShare };
  if (normalShare < NORMAL_SHARE) return { refused: 'too-few-normal', normalShare };
  const differences = intervals
    .slice(1)
    .flatMap((each, i) => (normal[i] && normal[i + 1] ? [each - intervals[i]!] : []));
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1);
  const squares = differences.reduce((sum, each) => sum + each * each, 0);
  return {
    sdnnMs: Math.sqrt(variance),
    rmssdMs: Math.sqrt(squares / differences.length),
    pnn50Percent: (100 * differences.filter((each) => Math.abs(each) > 50).length) / differences.length,
    intervals: values.length,
    normalShare,
  };
}

function isNormal(interval: number, around: readonly number[]): boolean {
  if (!(interval >= MIN_MS && interval <= MAX_MS)) return false;
  const usable = around.filter((each) => each >= MIN_MS && each <= MAX_MS).toSorted((a, b) => a - b);
  const usual = usable[usable.length >> 1]!;
  return Math.abs(interval - usual) <= OFF * usual;
}
