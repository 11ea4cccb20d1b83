import type { Subject } from '#libs/domain/forecasting';
import type { Memory } from './memory/memory.js';
import type { Situation } from './person/situation.js';
import { isRecorded } from './features/features.js';

/** Slower than this is steady, mg/dL per min. */
const STEADY = 0.5;
const WHOLE_HISTORY = 120;

/** Sentences for a clinician: where glucose stands and goes, what still acts, what is missing. Research software says so on its page. */
export function explanationOf(
  memory: Memory,
  { history, features }: Situation,
  widening: number,
  { ageYears }: Pick<Subject, 'ageYears'>,
): string {
  const { lags, t, minutes } = history;
  const { insulin, slow } = features.doses;
  const rate = (lags[0]! - lags[3]!) / 15;
  const course =
    Math.abs(rate) < STEADY
      ? 'steady'
      : `${rate < 0 ? 'falling' : 'rising'} by ${Math.abs(rate).toFixed(1)} mg/dL per min`;
  const acting = [
    ...(insulin === null ? [] : [`${insulin.onBoard.toFixed(1)} IU of boluses`]),
    ...(slow === null ? [] : [`${Math.round(slow.onBoard)} g of carbohydrates`]),
  ];
  const missing = [
    ...(insulin === null ? ['boluses'] : []),
    ...(slow === null ? ['carbohydrates'] : []),
    ...(isRecorded(memory.basal, t) ? [] : ['basal rates']),
  ];
  return [
    `Glucose ${Math.round(lags[0]!)} mg/dL, ${course} over 15 min.`,
    ...(acting.length === 0 ? [] : [`Still to act: ${acting.join(', ')}.`]),
    ...(missing.length === 0 ? [] : [`Not recorded within a day, so not known: ${missing.join(', ')}.`]),
    ...(minutes < WHOLE_HISTORY ? [`Only ${minutes} min of readings without a gap.`] : []),
    ...(widening === 0
      ? []
      : [`A second sensor differs by ${Math.round(widening)} mg/dL: the bands are wider for that.`]),
    ...(ageYears === null ? ['Age is not known; an adult is assumed.'] : []),
  ].join(' ');
}
