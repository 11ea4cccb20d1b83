import { COORDINATES } from '../model/parameters.js';
import { priorOf } from './population.js';
import { PUBLIC_POPULATION } from './public-population.js';
import { reportOf, type ParameterReport } from './report.js';

/** The parameters of a person of whom nothing was fitted: those of the population at its mean weight and basal insulin, with that as the reason. */
export function populationReport(): readonly ParameterReport[] {
  const [weight, basal] = PUBLIC_POPULATION.mean;
  const prior = priorOf(PUBLIC_POPULATION, { BW: Math.exp(weight!), u2ss: Math.exp(basal!) });
  const reason = 'Nothing has been fitted to this person yet.';
  const reasons = new Map(Array.from({ length: COORDINATES }, (_, i) => [i, reason]));
  return reportOf({ coordinates: prior.mean, covariance: prior.covariance }, prior, reasons);
}
