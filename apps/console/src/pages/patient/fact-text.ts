import { fill, strings } from '../../strings/strings.js';

/** A fact of a twin: content as the record has it. */
export interface Fact {
  readonly kind: string;
  readonly reference: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly content?: unknown;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

interface Coded {
  readonly code?: unknown;
  readonly display?: unknown;
}

/** A fact in words: what it is about, then its states. Only what the record says; a code stays a code where it has no words. */
export function factText({ content, reference }: Fact): string {
  const members = Object.entries(content !== null && typeof content === 'object' ? content : {});
  const words = members.flatMap(([name, value]) => memberText(name, value));
  return words.length === 0 ? reference : words.join(', ');
}

function memberText(name: string, value: unknown): readonly string[] {
  // Active is how a record usually is; that it is not is worth a word.
  if (name === 'active') return value === false ? [strings.patient.notActive] : [];
  if (value === null || value === undefined || value === false) return [];
  if (name === 'birthDate' && typeof value === 'string') return [fill(strings.patient.born, { date: value })];
  // The time from which a fact counts stands beside it, as people read times.
  if (typeof value === 'string' && INSTANT.test(value)) return [];
  if (value === true) return [name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()];
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap((one) => memberText(name, one));
  const { display, code } = value as Coded;
  if (typeof display === 'string') return [display];
  return typeof code === 'string' ? [code] : [];
}
