import type { ModelRefusal } from '#libs/domain/forecasting';
import { isRefusal } from '#libs/domain/scenarios';
import { judged, type Judged } from '../rails/check.js';
import { none, type Draft, type DraftCase } from './draft.js';
import { calculatedDose, DOSE_STEP, judgeLimits, largestSafe, limitedDose, type DoseCase } from './insulin-dose.js';

/** mg/dL: no insulin while the mean of the next 60 minutes, or the 5 % quantile of four hours with it, is below. */
const LOW = 70;

/** A bolus for the carbohydrates and the glucose, as far as every rail allows; none where the state forbids insulin. */
export function proposeInsulin({ one, state, insulin, missing, simulation }: DraftCase): Draft | ModelRefusal {
  const { therapy, target, carbohydrates, forecast } = one;
  const dosed: DoseCase = {
    therapy,
    glucose: state.glucose ?? 0,
    target,
    carbohydrates,
    insulinOnBoard: insulin.onBoard,
    insulinOfDay: insulin.ofDay,
  };
  if (state.judged.some(({ check }) => !check.held))
    return none([...state.judged, predicted(null), ...judgeLimits(0, dosed), simulated(null)], []);
  const lowest = simulation.lowestMean();
  if (isRefusal(lowest)) return lowest;
  const base = { lowestMean60: lowest };
  const foreseen = Math.min(lowest, forecast?.lowestMean60 ?? lowest);
  const before = [...state.judged, forecast?.isDemoted === true ? unreliable() : predicted(foreseen)];
  if (foreseen < LOW || forecast?.isDemoted === true)
    return none([...before, ...judgeLimits(0, dosed), simulated(null)], [], base);
  const calculated = calculatedDose(dosed);
  const limited = limitedDose(calculated, dosed);
  const values = { ...base, calculated: round(calculated), limited };
  if (limited === 0) {
    const limits = judgeLimits(calculated < DOSE_STEP ? 0 : calculated, dosed);
    const why = calculated < DOSE_STEP ? ['No insulin is needed by ratio, factor, target and insulin on board.'] : [];
    return none([...before, ...limits, simulated(simulation.lowestQuantile({ carbohydrates }))], why, values);
  }
  const quantiles = new Map<number, number>();
  const quantileOf = (dose: number): number => {
    const known = quantiles.get(dose) ?? simulation.lowestQuantile({ insulin: dose, carbohydrates });
    quantiles.set(dose, known);
    return known;
  };
  const dose = largestSafe(limited, (units) => quantileOf(units) >= LOW);
  if (dose === null || dose === 0) {
    const judgedLimits = judgeLimits(limited, dosed);
    return none([...before, ...judgedLimits, simulated(quantileOf(limited))], [], values);
  }
  const reasons = [
    ...(missing > 0
      ? [
          `Earlier proposals were decided on with ${missing} [IU] that are not recorded as given and not counted here: if they were given, this would come on top of them.`,
        ]
      : []),
    `${round(calculated)} [IU] by carbohydrates / ratio + (glucose − target) / factor − insulin on board.`,
    ...(limited < calculated - DOSE_STEP ? [`Limited to ${limited} [IU] by ${limitingRail(calculated, dosed)}.`] : []),
    ...(dose < limited
      ? [`Reduced to ${dose} [IU]: with more the 5 % quantile falls below ${LOW} mg/dL within four hours.`]
      : []),
  ];
  const checks = [...before, ...judgeLimits(dose, dosed), simulated(quantileOf(dose))].map(({ check }) => check);
  return { status: 'proposed', value: dose, unit: '[IU]', reasons, checks, simulated: values };
}

function limitingRail(calculated: number, dosed: DoseCase): string {
  return judgeLimits(calculated, dosed)
    .filter(({ check }) => !check.held)
    .map(({ check }) => check.rail)
    .join(', ');
}

function predicted(lowest: number | null): Judged {
  return judged(
    { rail: 'predicted-low', held: lowest !== null && lowest >= LOW, value: lowest, limit: LOW, unit: 'mg/dL' },
    lowest === null
      ? 'not judged, because the state forbids insulin already.'
      : `${lowest} mg/dL is predicted within 60 minutes without a dose.`,
  );
}

/** Judged by nobody: forecasts of this person have been worse than no forecast. */
function unreliable(): Judged {
  return judged(
    { rail: 'predicted-low', held: false, value: null, limit: LOW, unit: 'mg/dL' },
    'the glucose forecast of this person has lately been worse than its newest value that goes on: no prediction is relied on. Check with a meter.',
  );
}

function simulated(lowest: number | null): Judged {
  const value = lowest === null || !Number.isFinite(lowest) ? null : lowest;
  return judged(
    { rail: 'simulated-low', held: value !== null && value >= LOW, value, limit: LOW, unit: 'mg/dL' },
    value === null ? 'not judged.' : `the 5 % quantile of the simulation falls to ${value} mg/dL within four hours.`,
  );
}

function round(units: number): number {
  return Math.round(units * 100) / 100;
}
