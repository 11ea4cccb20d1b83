import type { Changeable } from '#libs/contracts';

/** Units a change is accepted in, as UCUM codes, with the factor to the canonical one (the first). `U` is what people write for [IU] of insulin. */
const UNITS: Readonly<Record<Changeable, Readonly<Record<string, number>>>> = {
  'insulin-bolus': { '[IU]': 1, '[iU]': 1, U: 1 },
  'insulin-basal-rate': { '[IU]/h': 1, '[iU]/h': 1, 'U/h': 1, '[IU]/min': 60, '[iU]/min': 60, 'U/min': 60 },
  'carbohydrate-intake': { g: 1, mg: 0.001 },
  'exercise-intensity': { '%': 1 },
};

/**
 * The largest single amount or rate a scenario is run with. A bolus and a meal: docs/clinical/plausibility.md; a rate: the largest that pumps give
 * (Medtronic MiniMed 780G user guide, 35 U/h).
 */
export const LARGEST: Readonly<Record<Changeable, number>> = {
  'insulin-bolus': 30,
  'insulin-basal-rate': 35,
  'carbohydrate-intake': 300,
  'exercise-intensity': 100,
};

export function unitOf(code: Changeable): string {
  return Object.keys(UNITS[code])[0]!;
}

/** The value in the canonical unit; or a sentence that says which units there are. */
export function amountOf(code: Changeable, value: number, unit: string): number | string {
  const units = UNITS[code];
  if (!Object.hasOwn(units, unit)) return `${code} is given in ${Object.keys(units).join(', ')}`;
  return Number((value * units[unit]!).toPrecision(12));
}
