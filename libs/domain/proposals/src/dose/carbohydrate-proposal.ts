import type { ModelRefusal } from '#libs/domain/forecasting';
import { isRefusal } from '#libs/domain/scenarios';
import { judged, type Judged } from '../rails/check.js';
import { none, type Draft, type DraftCase } from './draft.js';

/** mg/dL */
const LOW = 70;
/** 15 g of glucose raise it within 15 minutes, when it is looked again (ADA Standards of Care in Diabetes 2024, §6, Diabetes Care 47:S111). */
const MIN_GRAMS = 15;
/** One suggestion is not more than two of these portions: what is more comes with the next reading. */
const MAX_GRAMS = 30;

/** Carbohydrates where glucose is low, or is predicted to be within 60 minutes. */
export function proposeCarbohydrates({ one, state, simulation }: DraftCase): Draft | ModelRefusal {
  const { therapy, target, carbohydrates: eaten } = one;
  const reliable = state.judged.filter(({ check }) => check.rail === 'fresh-data' || check.rail === 'quality');
  const isReliable = reliable.every(({ check }) => check.held);
  if (!isReliable || state.glucose === null) return none(reliable, []);
  const lowest = simulation.lowestMean();
  if (isRefusal(lowest)) return lowest;
  const least = Math.min(state.glucose, lowest);
  const values = { lowestMean60: lowest };
  const seen: readonly Judged[] = [
    ...reliable,
    judged(
      { rail: 'not-low', held: state.glucose >= LOW, value: state.glucose, limit: LOW, unit: 'mg/dL' },
      `glucose is ${state.glucose} mg/dL, under ${LOW}.`,
    ),
    judged(
      { rail: 'predicted-low', held: lowest >= LOW, value: lowest, limit: LOW, unit: 'mg/dL' },
      `${lowest} mg/dL is predicted within 60 minutes.`,
    ),
  ];
  if (least >= LOW)
    return none(
      seen,
      [`Glucose is ${state.glucose} mg/dL and not predicted below ${LOW} mg/dL within 60 minutes.`],
      values,
    );
  const needed = ((target - least) / therapy.correctionFactor) * therapy.carbRatio;
  const grams = Math.floor(Math.min(MAX_GRAMS, Math.max(MIN_GRAMS, needed)));
  const eating = `${eaten} g are about to be eaten.`;
  const more = Math.floor(grams - eaten);
  if (more < 1)
    return none(seen, [`${grams} g would be suggested, but ${eating}`, 'Check again after 15 minutes.'], values);
  return {
    status: 'proposed',
    value: more,
    unit: 'g',
    reasons: [
      state.glucose < LOW
        ? `Glucose is ${state.glucose} mg/dL, below ${LOW}.`
        : `Glucose is predicted at ${lowest} mg/dL within 60 minutes.`,
      `(target − lowest) / factor × ratio is ${Math.round(needed)} g; at least ${MIN_GRAMS} g and at most ${MAX_GRAMS} g are suggested at once. Check again after 15 minutes.`,
      ...(eaten > 0 ? [`Less what is planned: ${eating}`] : []),
    ],
    checks: seen.map(({ check }) => check),
    simulated: values,
  };
}
