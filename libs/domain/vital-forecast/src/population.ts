import { refuse, type ModelRefusal, type Subject } from '#libs/domain/forecasting';

const MIN_AGE = 18;

/** Why the models of this library do not answer for a person; undefined: they may. An unknown age or pregnancy is no reason. */
export function outsidePopulation({ ageYears, isPregnant }: Subject): ModelRefusal | undefined {
  if (ageYears !== null && !(ageYears >= MIN_AGE))
    return refuse('outside-population', `The model was fitted on adults; it does not answer under ${MIN_AGE} years.`);
  if (isPregnant === true)
    return refuse('outside-population', 'The model does not answer in pregnancy: usual values differ.');
  return undefined;
}
