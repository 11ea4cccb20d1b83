import { QUANTILE_LEVELS } from '../distribution/quantiles.js';
import { meanResidual, residualAt, type ResidualTable } from './residual-table.js';

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

/**
 * The population's table moved by what is known of the person: offsets linear between the seven levels, constant beyond them; made ascending. `shift`: the part of the movement
 * of the mean that stays, 0 to 1. Bands need all of their width, but the middle of a person's recent misses says little of the next: the whole shift costs accuracy.
 */
export function personalTable(table: ResidualTable, adaptation: Adaptation | null, shift = 1): ResidualTable {
  if (adaptation === null) return table;
  const { offsets } = adaptation;
  let next = 0;
  let isAscending = true;
  const values: number[] = [];
  for (const [i, level] of table.levels.entries()) {
    while (next < LEVELS.length && LEVELS[next]! < level) next++;
    const [before, after] = [Math.max(0, next - 1), Math.min(LEVELS.length - 1, next)];
    const width = LEVELS[after]! - LEVELS[before]!;
    const share = width === 0 ? 0 : (level - LEVELS[before]!) / width;
    const value = table.values[i]! + offsets[before]! + share * (offsets[after]! - offsets[before]!);
    if (i > 0 && value < values[i - 1]!) isAscending = false;
    values.push(value);
  }
  const moved = { levels: table.levels, values: isAscending ? values : values.toSorted((a, b) => a - b) };
  if (shift === 1) return moved;
  const back = (1 - shift) * (meanResidual(moved) - meanResidual(table));
  return { levels: table.levels, values: moved.values.map((value) => value - back) };
}
