import { QUANTILE_LEVELS } from '../distribution/quantiles.js';
import { residualAt, type ResidualTable } from './residual-table.js';

const LEVELS = QUANTILE_LEVELS.map(Number);

/**
 * What the residuals of one person at one horizon have moved: an offset of each of the seven levels, in units of the scale, and how many residuals it comes
 * from. Plain JSON of fixed size. `null` in its place: nothing is known of the person yet.
 */
export interface Adaptation {
  readonly n: number;
  readonly offsets: readonly number[];
}

export interface AdaptationRates {
  /** Part of the width of the middle 80 % by which one miss moves a level; 0.005 to 0.05 are useful. */
  readonly rate: number;
  /** Part by which offsets go back to the population with each residual; 0: never. */
  readonly shrinkage: number;
}

/**
 * One residual on, each level by itself: an actual value above the level's quantile moves it up by p steps, one below down by 1 − p, so that in the long run a
 * share p lies below whatever the person or the drift (adaptive conformal inference: Gibbs and Candès, NeurIPS 2021; as quantile tracking: Angelopoulos et al.,
 * NeurIPS 2023, §2). Shrinkage bounds the offsets by rate × width / shrinkage and draws them to the population where residuals say little.
 */
export function adapted(
  table: ResidualTable,
  before: Adaptation | null,
  residual: number,
  { rate, shrinkage }: AdaptationRates,
): Adaptation {
  const step = rate * (residualAt(table, 0.9) - residualAt(table, 0.1));
  const offsets = LEVELS.map((level, i) => {
    const offset = before?.offsets[i] ?? 0;
    const isBelow = residual <= residualAt(table, level) + offset;
    return (1 - shrinkage) * offset + step * (isBelow ? level - 1 : level);
  });
  return { n: (before?.n ?? 0) + 1, offsets };
}

/** The population's table moved by what is known of the person: offsets linear between the seven levels, constant beyond them; made ascending. */
export function personalTable(table: ResidualTable, adaptation: Adaptation | null): ResidualTable {
  if (adaptation === null) return table;
  const moves: ResidualTable = { levels: LEVELS, values: adaptation.offsets };
  const values = table.values.map((value, i) => value + residualAt(moves, table.levels[i]!));
  return { levels: table.levels, values: values.toSorted((a, b) => a - b) };
}
