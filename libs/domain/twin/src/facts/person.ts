import { pregnanciesOf, type PregnancySpan } from './pregnancy.js';
import type { FactState } from '../state/state.js';

/** What rules ask of a person. Unknown stays unknown. */
export interface Person {
  /** Birth, ms; a birth year or month counts from its start. null: unknown. */
  readonly born: number | null;
  readonly pregnancies: readonly PregnancySpan[];
  readonly deceased: boolean;
}

export const DAY = 86_400_000;
export const YEAR = 365.2425 * DAY;

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
  let deceased = false;
  for (const { kind, content } of facts) {
    if (kind !== 'demographics') continue;
    if (typeof content['birthDate'] === 'string') {
      const at = Date.parse(content['birthDate']);
      if (!Number.isNaN(at)) born = at;
    }
    deceased ||= content['deceased'] === true || typeof content['deceased'] === 'string';
  }
  return { born, pregnancies: pregnanciesOf(facts), deceased };
}

export function isPregnantAt({ pregnancies }: Person, t: number): boolean {
  return pregnancies.some(({ from, to }) => from <= t && t < to);
}

/** Age in years at `t`, or null when the birth date is unknown. */
export function ageAt(person: Person, t: number): number | null {
  return person.born === null ? null : (t - person.born) / YEAR;
}
