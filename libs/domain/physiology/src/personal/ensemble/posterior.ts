import type { FittedParameters, SeededRandom } from '#libs/domain/forecasting';
import { completed, type UvaPadovaParameters } from '../../uva-padova/parameters.js';
import { estimate } from '../fit/estimation.js';
import { choleskyOf, priorOf } from '../fit/population.js';
import { PUBLIC_POPULATION } from '../fit/public-population.js';
import { isPerson, type Recording } from '../fit/record.js';
import { PERSONAL_GLUCOSE_CARD } from '../model/card.js';
import { COORDINATES, coordinatesOf, personAt } from '../model/parameters.js';

/** A normal distribution over coordinates: mean and lower triangle of the Cholesky factor by row. */
export interface Posterior {
  readonly mean: Float64Array;
  readonly lower: readonly number[];
}

/** What a fit says of a person; null where the parameters are of another model or version. */
export function posteriorOf(parameters: FittedParameters): Posterior | null {
  const { id, version } = PERSONAL_GLUCOSE_CARD;
  if (parameters.model !== id || parameters.modelVersion !== version) return null;
  const mean = coordinatesOf(parameters.estimates);
  return mean && { mean, lower: parameters.spread };
}

/** The population conditioned on a history; null where no person reproduces it. */
export function conditionedOn(recording: Recording): Posterior | null {
  const prior = priorOf(PUBLIC_POPULATION, recording.about);
  const found = estimate(recording, prior, prior.mean, { rounds: 1, noise: { phi: 0.95, sd: 4 } });
  return found && { mean: found.coordinates, lower: lowerTriangle(found) };
}

function lowerTriangle({ covariance }: { readonly covariance: Parameters<typeof choleskyOf>[0] }): readonly number[] {
  const lower = choleskyOf(covariance);
  const values: number[] = [];
  for (let row = 0; row < COORDINATES; row += 1)
    for (let column = 0; column <= row; column += 1) values.push(lower.get(row, column));
  return values;
}

/** Halvings of a draw that is no person, before the mean stands for it. */
const HALVINGS = 4;

/** One person of the posterior. */
export function drawn(
  { mean, lower }: Posterior,
  about: Recording['about'],
  random: SeededRandom,
): UvaPadovaParameters {
  const normals = Array.from({ length: COORDINATES }, () => random.normal());
  const away = new Float64Array(COORDINATES);
  let at = 0;
  for (let row = 0; row < COORDINATES; row += 1)
    for (let column = 0; column <= row; column += 1) {
      away[row]! += lower[at]! * normals[column]!;
      at += 1;
    }
  for (let share = 1, halving = 0; halving <= HALVINGS; share /= 2, halving += 1) {
    const person = completed(
      personAt(
        mean.map((value, i) => value + share * away[i]!),
        about,
      ),
    );
    if (isPerson(person)) return person;
  }
  return completed(personAt(mean, about));
}
