import { fill, strings } from '../../strings/strings.js';

/** A fact of a twin: content as the record has it. */
export interface Fact {
  readonly kind: string;
  readonly reference: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly content?: unknown;
}

const DATE = /^\d{4}(-\d{2}(-\d{2}(T.*)?)?)?$/;
/** As FHIR writes most of its codes: words with hyphens between. */
const WORDY = /^[a-z]+(-[a-z]+)*$/;
/** The time from which a fact counts stands beside it, as people read times. */
const BEGINNINGS: ReadonlySet<string> = new Set(['onset', 'start', 'authoredOn', 'effective', 'issued']);
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = strings.patient.factWords;

interface Coded {
  readonly code?: unknown;
  readonly display?: unknown;
}

/** A fact in words: what it is about, then its states. Only what the record says; a code stays a code where FHIR has no word for it. */
export function factText({ kind, content, reference, from }: Fact): string {
  const members = Object.entries(content !== null && typeof content === 'object' ? content : {});
  const words = members
    .filter(([name, value]) => !(BEGINNINGS.has(name) && isDate(value) && from !== undefined))
    .flatMap(([name, value]) => memberText(kind, name, value));
  if (words.length === 0) return reference;
  // A device of which the record says nothing but that it is there has no other name than its id.
  const isNamed = kind !== 'device' || members.some(([name]) => name === 'type' || name === 'manufacturer');
  return (isNamed ? words : [reference.slice(reference.indexOf('/') + 1), ...words]).join(', ');
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && DATE.test(value);
}

function memberText(kind: string, name: string, value: unknown): readonly string[] {
  // Active is how a record usually is; that it is not is worth a word.
  if (name === 'active') return value === false ? [strings.patient.notActive] : [];
  if (value === null || value === undefined || value === false) return [];
  if (typeof value === 'string') return [valueText(kind, name, value)];
  if (value === true) return [name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap((one) => memberText(kind, name, one));
  const { display, code } = value as Coded;
  if (typeof display === 'string') return [display];
  return typeof code === 'string' ? [code] : [];
}

function valueText(kind: string, name: string, value: string): string {
  const { born, deceasedOn, ended } = strings.patient;
  if (name === 'birthDate') return fill(born, { date: value });
  if (isDate(value)) {
    const date = value.slice(0, 'YYYY-MM-DD'.length);
    if (name === 'deceased') return fill(deceasedOn, { date });
    return name === 'abatement' || name === 'end' ? fill(ended, { date }) : date;
  }
  if (name === 'manufacturer') return value;
  const word = wordOf(`${kind}-${name}`, value) ?? wordOf(name, value);
  return word ?? (WORDY.test(value) ? value.replaceAll('-', ' ') : value);
}

function wordOf(member: string, code: string): string | undefined {
  const words = Object.hasOwn(WORDS, member) ? WORDS[member] : undefined;
  return words !== undefined && Object.hasOwn(words, code) ? words[code] : undefined;
}
