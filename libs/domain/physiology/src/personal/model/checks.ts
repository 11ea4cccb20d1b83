import { refuse, type ModelRefusal, type Subject } from '#libs/domain/forecasting';
import type { BasalSegment } from '../../insulin/doses.js';
import type { GlucoseReading, PersonalInputs } from './inputs.js';

/** Whom the model is asked about. */
export type PersonalSubject = Pick<Subject, 'ageYears' | 'isPregnant' | 'weightKg'>;

/** Beyond these an input is outside of what the model was made for. Bolus and basal: the largest of insulin pumps, doubled; carbohydrates: a day's. */
export const PERSONAL_LIMITS = {
  bolusUnits: 60,
  basalUnitsPerHour: 35,
  carbohydrateGrams: 400,
  weightKg: { minimum: 15, maximum: 300 },
  glucoseMgPerDl: { minimum: 20, maximum: 600 },
  adultYears: 18,
} as const;

/** Weight where none is known, kg; about the mean of adults in Europe. */
export const ASSUMED_WEIGHT_KG = 75;

/** Refuses a person the model is not made for. Unknown age and pregnancy do not refuse; what is assumed is stated by the caller. */
export function subjectRefusal({ ageYears, isPregnant, weightKg }: PersonalSubject): ModelRefusal | null {
  const { adultYears, weightKg: weight } = PERSONAL_LIMITS;
  if (ageYears !== null && !(ageYears >= adultYears))
    return refuse('outside-population', `The model is of adults from ${adultYears} years; this person is younger.`);
  if (isPregnant === true) return refuse('outside-population', 'The model does not hold in pregnancy.');
  if (weightKg !== null && !(weightKg >= weight.minimum && weightKg <= weight.maximum))
    return refuse('outside-domain', `Body weight must lie in ${weight.minimum} to ${weight.maximum} kg.`);
  return null;
}

/** Refuses inputs that are not numbers, negative, beyond the limits, or basal segments that overlap. */
export function inputsRefusal(inputs: PersonalInputs): ModelRefusal | null {
  const { bolusUnits, basalUnitsPerHour, carbohydrateGrams } = PERSONAL_LIMITS;
  for (const { t, units } of inputs.boluses)
    if (!(Number.isFinite(t) && within(units, bolusUnits))) return outside('A bolus', t, bolusUnits, '[IU]');
  for (const { t, grams } of inputs.carbohydrates)
    if (!(Number.isFinite(t) && within(grams, carbohydrateGrams))) return outside('A meal', t, carbohydrateGrams, 'g');
  for (const { from, until, unitsPerHour } of inputs.basal)
    if (!(from <= until && within(unitsPerHour, basalUnitsPerHour)))
      return outside('A basal rate', from, basalUnitsPerHour, '[IU]/h, from before until');
  for (const { from, until, percent } of inputs.exercise)
    if (!(from <= until && within(percent, 100))) return outside('Exercise', from, 100, '%, from before until');
  return overlapOf(inputs.basal);
}

export function glucoseRefusal(glucose: readonly GlucoseReading[]): ModelRefusal | null {
  const { minimum, maximum } = PERSONAL_LIMITS.glucoseMgPerDl;
  const isWrong = glucose.some(({ t, mgPerDl }) => !(Number.isFinite(t) && mgPerDl >= minimum && mgPerDl <= maximum));
  return isWrong ? refuse('outside-domain', `Glucose must lie in ${minimum} to ${maximum} mg/dL.`) : null;
}

function within(value: number, maximum: number): boolean {
  return value >= 0 && value <= maximum;
}

/** Names the time: one wrong entry of many days is otherwise not found, and stands in the way until it is corrected. */
function outside(what: string, t: number, most: number, unit: string): ModelRefusal {
  // What a Date can hold; other times are as wrong as the value.
  const which = Math.abs(t) <= 8.64e15 ? `; that of ${new Date(t).toISOString()} is not` : '';
  return refuse('outside-domain', `${what} must be a number from 0 to ${most} ${unit}${which}.`);
}

function overlapOf(basal: readonly BasalSegment[]): ModelRefusal | null {
  const sorted = basal.toSorted((a, b) => a.from - b.from);
  const overlaps = sorted.some(({ from }, i) => i > 0 && from < sorted[i - 1]!.until);
  return overlaps ? refuse('outside-domain', 'Basal rates must not overlap in time.') : null;
}
