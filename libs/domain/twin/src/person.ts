import type { Rule } from './rule.js';
import type { FactState } from './state.js';

/** What rules ask of a person. Unknown stays unknown. */
export interface Person {
  /** Birth, ms; a birth year or month counts from its start. null: unknown. */
  readonly born: number | null;
  readonly pregnant: boolean;
}

const YEAR = 365.2425 * 86_400_000;
/** SNOMED CT 77386006 Pregnant (finding); ICD-10 Z33 and Z34 (pregnant state, supervision of pregnancy). */
const PREGNANT = /^(77386006|Z3[34](\..*)?)$/;

const known = new WeakMap<Readonly<Record<string, FactState>>, Person>();

export function personOf(facts: Readonly<Record<string, FactState>>): Person {
  let person = known.get(facts);
  if (person === undefined) {
    person = read(Object.values(facts));
    known.set(facts, person);
  }
  return person;
}

function read(facts: readonly FactState[]): Person {
  let born: number | null = null;
  let pregnant = false;
  for (const { kind, content } of facts) {
    if (kind === 'demographics' && typeof content['birthDate'] === 'string') {
      const at = Date.parse(content['birthDate']);
      if (!Number.isNaN(at)) born = at;
    }
    if (kind === 'condition' && isPregnancy(content)) pregnant = true;
  }
  return { born, pregnant };
}

function isPregnancy(content: Readonly<Record<string, unknown>>): boolean {
  const { code, clinicalStatus, abatement } = content;
  const text = typeof code === 'object' && code !== null ? (code as { code?: unknown }).code : undefined;
  const over = abatement !== undefined || clinicalStatus === 'resolved' || clinicalStatus === 'inactive';
  return !over && typeof text === 'string' && PREGNANT.test(text);
}

/** Age in years at `t`, or null when the birth date is unknown. */
export function ageAt(person: Person, t: number): number | null {
  return person.born === null ? null : (t - person.born) / YEAR;
}

export type RefusalReason = 'under-age' | 'pregnant';

/** Why the rule does not judge this person at `t`, or null. An unknown age is judged as an adult's: see the rule's population. */
export function refusalOf(rule: Rule, person: Person, t: number): RefusalReason | null {
  const { refuses } = rule;
  if (refuses === undefined) return null;
  if (refuses.pregnancy === true && person.pregnant) return 'pregnant';
  if (refuses.underYears === undefined || person.born === null) return null;
  return (t - person.born) / YEAR < refuses.underYears ? 'under-age' : null;
}
