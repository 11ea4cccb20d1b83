import type { Adaptation } from '#libs/domain/forecasting';

/** What was learned of one person from readings that have settled. Plain JSON of fixed size. */
export interface Person {
  /** Time of the newest reading learned from, ms. */
  readonly until: number;
  readonly n: number;
  /** Of glucose, mg/dL; recent days count more. */
  readonly mean: number;
  readonly variance: number;
  /** Recorded boluses a day, IU. */
  readonly insulinPerDay: number;
  /** Mean basal rate, IU/h; null where none was ever known. */
  readonly basal: number | null;
  /** Sums of the person's own correction (`regression.ts`). */
  readonly products: readonly number[];
  readonly responses: readonly (readonly number[])[];
  /** Of the bands, by horizon. */
  readonly adaptations: readonly (Adaptation | null)[];
}

/** A person of whom nothing is known: the people trained on. */
export const STRANGER: Person = {
  until: 0,
  n: 0,
  mean: 151,
  variance: 3025,
  insulinPerDay: 25,
  basal: null,
  products: [],
  responses: [],
  adaptations: [null, null, null, null, null, null],
};

/** Weight of the prior, in readings; one is learned each 15 min. */
const PRIOR = 32;
/** Days that count, in readings of 15 min: 3 days. */
const KEPT = 288;

/** Statistics with one reading more. `bolus`: IU recorded since the last one, `days` ago; `basal`: the rate of the last 30 min or NaN. */
export function counted(
  person: Person,
  mgdl: number,
  { bolus, days, basal }: { readonly bolus: number; readonly days: number; readonly basal: number },
): Pick<Person, 'n' | 'mean' | 'variance' | 'insulinPerDay' | 'basal'> {
  const n = person.n + 1;
  const share = Math.max(1 / KEPT, 1 / (n + PRIOR));
  const mean = person.mean + share * (mgdl - person.mean);
  const variance = person.variance + share * ((mgdl - mean) ** 2 - person.variance);
  // After a gap of hours what was given in between is not in the memory: no rate follows from it.
  const rate = days > 0 && days < 0.1 ? bolus / days : person.insulinPerDay;
  const insulinPerDay = person.insulinPerDay + share * (rate - person.insulinPerDay);
  const known = Number.isNaN(basal)
    ? person.basal
    : (person.basal ?? basal) + share * (basal - (person.basal ?? basal));
  return {
    n,
    mean: rounded(mean),
    variance: rounded(variance),
    insulinPerDay: rounded(insulinPerDay),
    basal: known === null ? null : rounded(known),
  };
}

/** To 1/1000: what is stored stays short. */
export function rounded(x: number): number {
  return Math.round(x * 1000) / 1000;
}
