import type { Changeable } from '#libs/contracts';
import { measureByName, toCanonical, type Measure } from '#libs/domain/quantities';

function measureOf(code: Changeable): Measure {
  const measure = measureByName(code);
  if (measure === undefined) throw new Error(`${code} is not in the catalogue`);
  return measure;
}

/** The largest single amount or rate a scenario is run with: what is plausible by the catalogue (docs/clinical/plausibility.md). */
export function largestOf(code: Changeable): number {
  return measureOf(code).plausible[1];
}

export function unitOf(code: Changeable): string {
  return measureOf(code).unit;
}

/** The value in the canonical unit; or a sentence that says which units there are. */
export function amountOf(code: Changeable, value: number, unit: string): number | string {
  const converted = toCanonical(measureOf(code), value, unit);
  return converted.ok ? converted.value : converted.message;
}
