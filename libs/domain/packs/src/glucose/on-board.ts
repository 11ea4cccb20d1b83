import { carbohydratesOnBoard, insulinOnBoard, type BasalSegment } from '#libs/domain/physiology';
import { measureByName } from '#libs/domain/quantities';
import type { Circumstances, Derived, DetectedMeasure, Detector, Sample } from '#libs/domain/twin';
import { entriesOf, NO_DOSES, withDose, withoutDoses, type DoseMemory } from './dose-memory.js';

const HOUR = 3_600_000;
/** After a day without a word of insulin, or of food, nobody knows whether there was none or nobody said. */
const KNOWN_FOR_MS = 24 * HOUR;

const BOLUS = measureByName('insulin-bolus').number;
const BASAL = measureByName('insulin-basal-rate').number;
const CARBOHYDRATES = measureByName('carbohydrate-intake').number;

/** Remembers what was given and eaten. It finds nothing: it has no rules. */
export const DOSES_DETECTOR: Detector = {
  id: 'doses',
  codes: [BOLUS, BASAL, CARBOHYDRATES],
  rules: [],
  late: 'as-it-comes',
  forget: (memory, identities) => withoutDoses(memory as DoseMemory, identities),
  step: (memory: unknown, { cited }: Sample, { now }: Circumstances) => ({
    memory: withDose((memory as DoseMemory | null) ?? NO_DOSES, cited, now),
    holds: {},
  }),
};

/**
 * Insulin of boluses that has not acted yet, by Loop's curve of rapid-acting insulin in adults (`exponential-curve.ts`). What basal rates have left on board
 * is beside it: all of it, because the rate that keeps glucose level is not known. Doubtful doses count: too much on board is the safer error.
 */
export const INSULIN_ON_BOARD: DetectedMeasure = {
  kind: 'detected',
  name: 'insulin-on-board',
  title: 'Insulin on board from boluses',
  unit: '[IU]',
  of: ['insulin-bolus'],
  detector: DOSES_DETECTOR.id,
  decays: true,
  read: (memory, at) => {
    const doses = (memory as DoseMemory | null) ?? NO_DOSES;
    const boluses = entriesOf(doses, BOLUS);
    const rates = entriesOf(doses, BASAL);
    if (boluses.length === 0) return { refused: 'no-boluses-known' };
    if (!isKnown([...boluses, ...rates], at)) return { refused: 'no-recent-insulin-history' };
    const given = boluses.map(({ t, x }) => ({ t, units: x }));
    const basal = rates.length === 0 ? {} : { basal: insulinOnBoard([], segmentsOf(rates, at), at) };
    return shown(insulinOnBoard(given, [], at), at, { ...basal, historyHours: hoursSince(doses, [BOLUS, BASAL], at) });
  },
};

/** Carbohydrates that are not absorbed yet, as Loop reckons without a person's own absorption times: 3 h, after 10 min (`carbohydrates-on-board.ts`). */
export const CARBOHYDRATES_ON_BOARD: DetectedMeasure = {
  kind: 'detected',
  name: 'carbohydrates-on-board',
  title: 'Carbohydrates on board',
  unit: 'g',
  of: ['carbohydrate-intake'],
  detector: DOSES_DETECTOR.id,
  decays: true,
  read: (memory, at) => {
    const doses = (memory as DoseMemory | null) ?? NO_DOSES;
    const meals = entriesOf(doses, CARBOHYDRATES);
    if (!isKnown(meals, at)) return { refused: 'no-recent-meal-history' };
    const eaten = meals.map(({ t, x }) => ({ t, grams: x }));
    return shown(carbohydratesOnBoard(eaten, at), at, { historyHours: hoursSince(doses, [CARBOHYDRATES], at) });
  },
};

function isKnown(entries: readonly { readonly t: number }[], at: number): boolean {
  return entries.some(({ t }) => t <= at && at - t <= KNOWN_FOR_MS);
}

function shown(value: number, at: number, parts: Readonly<Record<string, number>>): Derived & { readonly at: number } {
  return { value: Math.max(0, value), parts, at };
}

/** Since when doses are known: with less than the time that insulin acts, there may be more on board than is known. */
function hoursSince({ since }: DoseMemory, codes: readonly number[], at: number): number {
  return (at - Math.min(...codes.map((code) => since[code] ?? at))) / HOUR;
}

/** Each rate holds until the next one. */
function segmentsOf(rates: readonly { readonly t: number; readonly x: number }[], at: number): readonly BasalSegment[] {
  return rates.flatMap(({ t, x }, index) => {
    const until = Math.min(rates[index + 1]?.t ?? at, at);
    return until > t ? [{ from: t, until, unitsPerHour: x }] : [];
  });
}
