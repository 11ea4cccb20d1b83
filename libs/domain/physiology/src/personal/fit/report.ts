import type { Estimate } from './estimation.js';
import { fromCoordinate, PERSONAL_PARAMETERS } from '../model/parameters.js';
import type { Prior } from './population.js';

export interface ParameterReport {
  readonly name: string;
  readonly title: string;
  /** UCUM. */
  readonly unit: string;
  readonly estimate: number;
  /** Of the estimate, by the delta method. */
  readonly sd: number;
  readonly interval95: readonly [number, number];
  /** Distribution before data, in words. */
  readonly prior: string;
  readonly source: 'fitted' | 'population';
  /** Why the population's value stands. */
  readonly reason?: string;
}

/** Why a parameter has the population's value, by coordinate. */
export type Reasons = ReadonlyMap<number, string>;

/** A parameter whose spread shrank by less than this share is not identified. */
const SHRINKS_BY = 0.1;
/** Beyond this many prior SD an estimate stands on its bound. */
const BOUND_SD = 4;

/** Coordinates that data do not determine, or that ran to a bound, with the reason. */
export function notIdentified({ coordinates, covariance }: Estimate, prior: Prior): Reasons {
  const reasons = new Map<number, string>();
  for (const [i] of PERSONAL_PARAMETERS.entries()) {
    const before = Math.sqrt(prior.covariance.get(i, i));
    const after = Math.sqrt(Math.max(0, covariance.get(i, i)));
    if (Math.abs(coordinates[i]! - prior.mean[i]!) > BOUND_SD * before)
      reasons.set(i, `The estimate reached its bound of ${BOUND_SD} standard deviations of the population.`);
    else if (after > (1 - SHRINKS_BY) * before)
      reasons.set(i, 'The data do not determine it: its spread is that of the population.');
  }
  return reasons;
}

export function reportOf(
  { coordinates, covariance }: Pick<Estimate, 'coordinates' | 'covariance'>,
  prior: Prior,
  reasons: Reasons,
): readonly ParameterReport[] {
  return PERSONAL_PARAMETERS.map(({ name, title, unit, scale }, i) => {
    const at = coordinates[i]!;
    const sd = Math.sqrt(Math.max(0, covariance.get(i, i)));
    const slope =
      scale === 'log' ? fromCoordinate(scale, at) : fromCoordinate(scale, at) * (1 - fromCoordinate(scale, at));
    const reason = reasons.get(i);
    const before = Math.sqrt(prior.covariance.get(i, i));
    return {
      name,
      title,
      unit,
      estimate: fromCoordinate(scale, at),
      sd: slope * sd,
      interval95: [fromCoordinate(scale, at - 1.96 * sd), fromCoordinate(scale, at + 1.96 * sd)],
      prior: `${scale === 'log' ? 'LogNormal' : 'LogitNormal'}(${prior.mean[i]!.toFixed(3)}, ${before.toFixed(3)})`,
      source: reason === undefined ? 'fitted' : 'population',
      ...(reason === undefined ? {} : { reason }),
    };
  });
}
