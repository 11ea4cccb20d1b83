import { distributionOf, shareBelow, type Distribution, type ResidualTable } from '#libs/domain/forecasting';
import type { Features } from '../features/features.js';
import type { VitalSign } from '../features/vital-signs.js';

/** Fitted numbers of the vital-sign forecast: data, written by `tools/fit/vital-forecast`. */
export interface VitalModel {
  /** Levels of every table. */
  readonly levels: readonly number[];
  /** By catalogue number. */
  readonly signs: Readonly<Record<number, SignModel>>;
}

export interface SignModel {
  /** Where the residual tables stand, on the scale of the forecast location; between two of them they are mixed. */
  readonly tablesAt: readonly number[];
  readonly horizons: readonly HorizonModel[];
}

export interface HorizonModel {
  readonly minutes: number;
  /** Weights of the change to come, in units of the usual spread. */
  readonly location: readonly number[];
  /** Weights of the logarithm of the scale of its residual. */
  readonly spread: readonly number[];
  /** Scaled residuals of people held apart, one table for each place of `tablesAt`. */
  readonly tables: ReadonlyArray<readonly number[]>;
}

/** Where the value is expected and how wide it may miss, in units of the usual spread. */
export interface Expected {
  /** On the centred scale: 0 is the usual value. */
  readonly location: number;
  readonly scale: number;
}

/** Bounds of the scale, so that no reading, however odd, makes a band of no width or of all there is. */
const MIN_SCALE = 0.02;
const MAX_SCALE = 5;

export function expectedAt(
  { location, spread }: Pick<HorizonModel, 'location' | 'spread'>,
  features: Pick<Features, 'location' | 'spread' | 'disagreement'>,
): Expected {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, Math.exp(dot(spread, features.spread))));
  return {
    location: features.location[1]! + dot(location, features.location),
    // Either of two sensors may be right: half of what they differ by joins what is not known.
    scale: features.disagreement === 0 ? scale : Math.hypot(scale, features.disagreement / 2),
  };
}

/** The distribution of the value at one horizon, within what can be shown. */
export function distributionAt(
  model: VitalModel,
  sign: VitalSign,
  horizon: HorizonModel,
  features: Features,
): Distribution {
  const { location, scale } = expectedAt(horizon, features);
  const table = tableAt(model, model.signs[sign.code]!.tablesAt, horizon.tables, location);
  return distributionOf(sign.usual + sign.spread * location, sign.spread * scale, table, sign.bounds);
}

/**
 * The probability that the value at one horizon is below `least` or above `most` (unit of the vital sign). Beyond the outermost levels of the table the tails
 * fall as those of the Laplace distribution, with which the scale was fitted.
 */
export function probabilityBeyond(
  model: VitalModel,
  sign: VitalSign,
  horizon: HorizonModel,
  features: Features,
  { least, most }: { readonly least?: number; readonly most?: number },
): number {
  const { location, scale } = expectedAt(horizon, features);
  const table = tableAt(model, model.signs[sign.code]!.tablesAt, horizon.tables, location);
  const scaled = (x: number): number => ((x - sign.usual) / sign.spread - location) / scale;
  const below = least === undefined ? 0 : shareWithTail(table, scaled(least));
  const above = most === undefined ? 0 : 1 - shareWithTail(table, scaled(most));
  return Math.min(1, below + above);
}

function shareWithTail(table: ResidualTable, residual: number): number {
  const [first, last] = [table.values[0]!, table.values.at(-1)!];
  if (residual < first) return table.levels[0]! * Math.exp(residual - first);
  if (residual > last) return 1 - (1 - table.levels.at(-1)!) * Math.exp(last - residual);
  return shareBelow(table, residual);
}

/** The table at a location: mixed level by level from the two that stand around it, the outermost beyond. */
function tableAt(
  { levels }: VitalModel,
  places: readonly number[],
  tables: ReadonlyArray<readonly number[]>,
  location: number,
): ResidualTable {
  let above = 0;
  while (above < places.length && places[above]! < location) above++;
  if (above === 0) return { levels, values: tables[0]! };
  if (above === places.length) return { levels, values: tables.at(-1)! };
  const share = (location - places[above - 1]!) / (places[above]! - places[above - 1]!);
  const [left, right] = [tables[above - 1]!, tables[above]!];
  return { levels, values: left.map((value, i) => value + share * (right[i]! - value)) };
}

export function dot(weights: readonly number[], values: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * values[i]!;
  return sum;
}
