import type { PersonInputs } from '#libs/domain/scenarios';
import type { DecidedDose } from '../proposal-case.js';

/** What is recorded so soon before or after a decision is taken as the dose that was decided on, ms. */
const BELONGS = 30 * 60_000;

/**
 * Insulin that was decided on and is not recorded as given, [IU]. Whether it was given nobody knows: it is in no figure, so whoever decides next has to
 * read of it. A bolus counts for one decision only.
 */
export function notRecorded(decided: readonly DecidedDose[], { boluses }: Pick<PersonInputs, 'boluses'>): number {
  const left = boluses.map(({ t, units }) => ({ t, units }));
  let missing = 0;
  for (const { t, units } of decided.toSorted((a, b) => a.t - b.t)) {
    let rest = units;
    for (const bolus of left) {
      if (Math.abs(bolus.t - t) > BELONGS) continue;
      const taken = Math.min(rest, bolus.units);
      bolus.units -= taken;
      rest -= taken;
    }
    missing += rest;
  }
  return Math.round(missing * 100) / 100;
}
