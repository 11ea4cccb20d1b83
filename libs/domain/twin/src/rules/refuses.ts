import { DAY, isPregnantAt, YEAR, type Person } from '../facts/person.js';
import type { Rule } from './rule.js';

export type RefusalReason = 'under-age' | 'pregnant';

/** Why the rule does not judge this person at `t`, or null. An unknown age is judged as an adult's: see the rule's population. */
export function refusalOf(rule: Rule, person: Person, t: number): RefusalReason | null {
  const { refuses } = rule;
  if (refuses === undefined) return null;
  if (refuses.pregnancy === true && isPregnantAt(person, t)) return 'pregnant';
  if (person.born === null) return null;
  const age = t - person.born;
  return age < (refuses.underYears ?? 0) * YEAR || age < (refuses.underDays ?? 0) * DAY ? 'under-age' : null;
}
