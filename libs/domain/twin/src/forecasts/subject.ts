import type { Forecaster, Subject } from '#libs/domain/forecasting';
import { measureByName } from '#libs/domain/quantities';
import { ageAt, isPregnantAt, personOf } from '../facts/person.js';
import { isAboutPregnancy } from '../facts/pregnancy.js';
import type { Draft } from '../state/draft.js';

const WEIGHT = measureByName('body-weight').number;

/** Whom a model is asked about, at the log's own time, as the twin's facts and newest weight say it. Unknown stays unknown. */
export function subjectOf(
  { facts, measures, forecasting, now }: Pick<Draft, 'facts' | 'measures' | 'forecasting' | 'now'>,
  { card, parametersOf = card.id }: Pick<Forecaster, 'card' | 'parametersOf'>,
): Subject {
  const person = personOf(facts);
  const age = ageAt(person, now);
  const isKnown = Object.values(facts).some(isAboutPregnancy);
  return {
    ageYears: age === null ? null : Math.floor(age),
    isPregnant: isKnown ? isPregnantAt(person, now) : null,
    weightKg: measures[WEIGHT]?.latest?.x ?? null,
    parameters: forecasting?.parameters?.[parametersOf] ?? null,
  };
}
