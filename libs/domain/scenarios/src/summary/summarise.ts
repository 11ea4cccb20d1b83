import type { PersonInputs } from '../inputs/person-inputs.js';
import { amountWithin } from '../inputs/segments.js';
import type { Paths } from '../run/scenario-model.js';
import { rounded, share, type PathPoint } from './path-points.js';

export interface Summary {
  readonly mean: number;
  readonly minimum: number;
  readonly minimumAt: string;
  readonly maximum: number;
  readonly maximumAt: string;
  readonly shareBelow54: number;
  readonly shareBelow70: number;
  readonly shareInRange: number;
  readonly shareAbove180: number;
  readonly shareAbove250: number;
  readonly probabilityBelow54: number;
  readonly probabilityBelow70: number;
  readonly insulin: number;
  readonly carbohydrates: number;
}

/** Limits of the consensus on time in range (Battelino et al., Diabetes Care 2019;42:1593), mg/dL. */
const VERY_LOW = 54;
const LOW = 70;
const HIGH = 180;
const VERY_HIGH = 250;

/** An arm in few numbers; `from`, `until` of the branch in ms. */
export function summarise(
  paths: Paths,
  points: readonly PathPoint[],
  inputs: PersonInputs,
  from: number,
  until: number,
): Summary {
  const lowest = points.reduce((best, point) => (point.mean < best.mean ? point : best));
  const highest = points.reduce((best, point) => (point.mean > best.mean ? point : best));
  const of = countsOf(paths);
  const at = (minutes: number): string => new Date(from + minutes * 60_000).toISOString();
  const basal = inputs.basal.map((segment) => ({
    from: segment.from,
    until: segment.until,
    rate: segment.unitsPerHour,
  }));
  return {
    mean: rounded(of.sum / of.values),
    minimum: lowest.mean,
    minimumAt: at(lowest.minutes),
    maximum: highest.mean,
    maximumAt: at(highest.minutes),
    shareBelow54: share(of.below54 / of.values),
    shareBelow70: share(of.below70 / of.values),
    shareInRange: share((of.values - of.below70 - of.above180) / of.values),
    shareAbove180: share(of.above180 / of.values),
    shareAbove250: share(of.above250 / of.values),
    probabilityBelow54: share(of.everBelow54 / paths.length),
    probabilityBelow70: share(of.everBelow70 / paths.length),
    insulin: rounded(within(inputs.boluses, from, until, ({ units }) => units) + amountWithin(basal, from, until)),
    carbohydrates: rounded(within(inputs.carbohydrates, from, until, ({ grams }) => grams)),
  };
}

function within<T extends { readonly t: number }>(
  all: readonly T[],
  from: number,
  until: number,
  amount: (one: T) => number,
): number {
  return all.reduce((sum, one) => (one.t >= from && one.t < until ? sum + amount(one) : sum), 0);
}

function countsOf(paths: Paths) {
  const counts = {
    values: 0,
    sum: 0,
    below54: 0,
    below70: 0,
    above180: 0,
    above250: 0,
    everBelow54: 0,
    everBelow70: 0,
  };
  for (const path of paths) {
    let lowest = Infinity;
    for (let i = 0; i < path.length; i += 1) {
      const x = path[i]!;
      counts.values += 1;
      counts.sum += x;
      lowest = Math.min(lowest, x);
      if (x < VERY_LOW) counts.below54 += 1;
      if (x < LOW) counts.below70 += 1;
      if (x > HIGH) counts.above180 += 1;
      if (x > VERY_HIGH) counts.above250 += 1;
    }
    if (lowest < VERY_LOW) counts.everBelow54 += 1;
    if (lowest < LOW) counts.everBelow70 += 1;
  }
  return counts;
}
