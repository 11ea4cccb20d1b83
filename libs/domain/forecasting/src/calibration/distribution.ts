import { QUANTILE_LEVELS, quantilesOf, type Quantiles } from '../distribution/quantiles.js';
import { meanResidual, residualAt, shareBelow, type ResidualTable } from './residual-table.js';

/** Least and most that a measure can show; what lies beyond is shown as the bound. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** A forecast of one value: mean and quantiles of one distribution. */
export interface Distribution {
  readonly mean: number;
  readonly quantiles: Quantiles;
}

const UNBOUNDED: Bounds = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

/** The distribution of location + scale × residual. `scale` > 0, in the unit of the location. */
export function distributionOf(
  location: number,
  scale: number,
  table: ResidualTable,
  bounds: Bounds = UNBOUNDED,
): Distribution {
  const at = (residual: number): number => within(location + scale * residual, bounds);
  // The mean of what is shown: the bounds cut the tails before it is taken.
  const values: number[] = [];
  for (const residual of table.values) values.push(at(residual));
  // Levels that the table has itself need no search between its levels.
  const known = placesOf(table.levels);
  const quantiles = quantilesOf((level, n) => {
    const place = known[n]!;
    return place >= 0 ? values[place]! : at(residualAt(table, level));
  });
  return { mean: meanResidual({ levels: table.levels, values }), quantiles };
}

/** Where each of the levels of every forecast stands among those of a table; −1: between two of them. */
function placesOf(levels: readonly number[]): readonly number[] {
  let places = placesByLevels.get(levels);
  if (places === undefined) {
    places = QUANTILE_LEVELS.map((level) => levels.indexOf(Number(level)));
    placesByLevels.set(levels, places);
  }
  return places;
}

/** A fitted table is read for each forecast and never changed. */
const placesByLevels = new WeakMap<readonly number[], readonly number[]>();

/** The probability that the value is below `limit`, 0 to 1. */
export function probabilityBelow(location: number, scale: number, table: ResidualTable, limit: number): number {
  return shareBelow(table, (limit - location) / scale);
}

function within(value: number, { least, most }: Bounds): number {
  return Math.min(most, Math.max(least, value));
}
