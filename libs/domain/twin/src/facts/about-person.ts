import type { FactState } from '../state/state.js';
import { ageAt, isPregnantAt, personOf } from './person.js';
import { isAboutPregnancy } from './pregnancy.js';

/** What facts say of a person at `t` (ms) that models ask. null: unknown, which is never taken for a value. */
export function aboutPerson(
  facts: readonly FactState[],
  t: number,
): { readonly ageYears: number | null; readonly isPregnant: boolean | null } {
  const person = personOf(Object.fromEntries(facts.map((fact, i) => [i, fact])));
  return {
    ageYears: ageAt(person, t),
    isPregnant: facts.some(isAboutPregnancy) ? isPregnantAt(person, t) : null,
  };
}
