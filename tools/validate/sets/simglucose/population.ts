import { PERSONAL_COORDINATES, type Population } from '#libs/domain/physiology';
import type { TablePerson } from './people.js';

/**
 * Share by which correlations are shrunk towards none (Ledoit and Wolf, J Multivariate Anal 2004;88:365, with a given share): people are fewer than
 * coordinates. Chosen among 0.2, 0.4 and 0.6 by leave-one-out prediction of simulated days.
 */
const SHRINKAGE = 0.4;

/** The distribution of the coordinates over people. */
export function populationOf(people: readonly TablePerson[]): Population {
  const rows = people.map(({ parameters }) => PERSONAL_COORDINATES.of(parameters));
  const size = rows[0]!.length;
  const mean = Array.from({ length: size }, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
  const covariance: number[] = [];
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j <= i; j += 1) {
      const sum = rows.reduce((all, row) => all + (row[i]! - mean[i]!) * (row[j]! - mean[j]!), 0);
      // The mean is of the same people: one more observation of spread.
      const spread = (sum / (rows.length - 1)) * (1 + 1 / rows.length);
      covariance.push(i === j ? spread : spread * (1 - SHRINKAGE));
    }
  return { people: people.map(({ name }) => name), mean, covariance };
}
