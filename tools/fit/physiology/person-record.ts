import type { BasalSegment, GlucoseReading, PersonalInputs } from '#libs/domain/physiology';
import type { DiabetesFile } from '../../validate/sets/cgm/diabetes-files.js';

const HOUR = 3_600_000;
/** What is given to a model at a time: readings of 14 days, doses and meals with them. */
const KNOWN_MS = 14 * 24 * HOUR;
/** A basal rate holds until the next, at most so long. */
const BASAL_HOLDS_MS = 24 * HOUR;

/** The files of a person as the model takes them; limits of the model are kept by cutting. */
export interface PersonRecord {
  readonly glucose: readonly GlucoseReading[];
  readonly inputs: PersonalInputs;
  /** ms; NaN where no row is marked. */
  readonly heldApartFrom: number;
}

export function personRecord({ rows }: DiabetesFile): PersonRecord {
  const rates = rows.filter(({ basal }) => Number.isFinite(basal));
  const basal: BasalSegment[] = rates.map(({ t, basal: unitsPerHour }, i) => ({
    from: t,
    until: Math.min(rates[i + 1]?.t ?? t + HOUR, t + BASAL_HOLDS_MS),
    unitsPerHour: Math.min(35, unitsPerHour),
  }));
  return {
    glucose: rows
      .filter(({ kind, glucose }) => kind === 'EGV' && Number.isFinite(glucose))
      .map(({ t, glucose }) => ({ t, mgPerDl: Math.min(600, Math.max(20, glucose)) })),
    inputs: {
      boluses: rows.filter(({ bolus }) => bolus > 0).map(({ t, bolus }) => ({ t, units: Math.min(60, bolus) })),
      carbohydrates: rows
        .filter(({ carbohydrates }) => carbohydrates > 0)
        .map(({ t, carbohydrates }) => ({ t, grams: Math.min(400, carbohydrates) })),
      basal,
      exercise: [],
    },
    heldApartFrom: rows.find(({ isHeldApart }) => isHeldApart)?.t ?? Number.NaN,
  };
}

/** What was recorded up to a time. */
export function knownAt({ glucose, inputs }: PersonRecord, at: number): Pick<PersonRecord, 'glucose' | 'inputs'> {
  const isKnown = ({ t }: { readonly t: number }): boolean => t <= at && t > at - KNOWN_MS;
  return {
    glucose: glucose.filter(isKnown),
    inputs: {
      boluses: inputs.boluses.filter(isKnown),
      carbohydrates: inputs.carbohydrates.filter(isKnown),
      basal: inputs.basal
        .filter(({ from, until }) => from <= at && until > at - KNOWN_MS)
        .map((segment) => ({ ...segment, until: Math.min(segment.until, at + 1) })),
      exercise: [],
    },
  };
}
