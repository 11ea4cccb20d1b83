import { estimate, type Estimate } from './estimation.js';
import { PERSONAL_PARAMETERS } from '../model/parameters.js';
import type { Prior } from './population.js';
import type { Recording } from './record.js';
import { recentOf } from './record.js';

/** Shifts of the prior mean, in prior SD: the stomach has several shapes that explain part of a record, and the search finds only the nearest. */
const SHIFTS: readonly Readonly<Record<string, number>>[] = [
  { kabs: -1.5, kmax: 1 },
  { d: 2, b: -1 },
  { kmax: 1.5, kmin: -1, b: -1 },
  { kmin: -2 },
];

/** Residuals that sensor noise explains: SD of the residuals, mg/dL, and their correlation over 5 min. */
const EXPLAINED_SD = 4.8;
const EXPLAINED_PHI = 0.78;
/** Residuals as correlated as this are of causes that no shape of the stomach explains: sensitivity that changes, meals that are not recorded. */
const OTHER_CAUSES_PHI = 0.96;

/** Other starting points are tried on this much of the record, min. */
const TRIAL_MINUTES = 4 * 1440;

/** The most probable of several searches; further ones only where the first left more than sensor noise. null where none leads to a person. */
export function mostProbable(recording: Recording, prior: Prior, from: Float64Array): Estimate | null {
  const first = estimate(recording, prior, from);
  if (first !== null && isSettled(first)) return first;
  const recent = recentOf(recording, TRIAL_MINUTES);
  const trials = SHIFTS.flatMap((shift) => {
    const trial = estimate(recent, prior, shifted(prior, shift), { rounds: 1 });
    return trial === null ? [] : [trial];
  }).toSorted((a, b) => a.objective - b.objective);
  const best = trials[0] && estimate(recording, prior, trials[0].coordinates);
  if (!best) return first;
  return first === null || best.objective < first.objective ? best : first;
}

function isSettled({ noise: { phi, sd } }: Estimate): boolean {
  return phi > OTHER_CAUSES_PHI || (sd / Math.sqrt(1 - phi ** 2) < EXPLAINED_SD && phi < EXPLAINED_PHI);
}

function shifted({ mean, covariance }: Prior, shift: Readonly<Record<string, number>>): Float64Array {
  return Float64Array.from(
    PERSONAL_PARAMETERS,
    ({ name }, i) => mean[i]! + (shift[name] ?? 0) * Math.sqrt(covariance.get(i, i)),
  );
}
