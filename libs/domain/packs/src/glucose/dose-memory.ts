import type { Cited } from '#libs/domain/twin';

const HOUR = 3_600_000;
/** Insulin acts for 6 h 10 min and meals are absorbed in a little over 3 h: what is older matters to nobody. */
const KEPT_MS = 8 * HOUR;
/** One every 5 min for the time kept, and half as many again; the oldest go first. */
const MAX_KEPT = 144;
/** Characters of an identity that are kept, enough to find one of these few again. */
const SHORT = 13;

/** A dose, a rate or a meal. */
export interface Entry {
  /** Beginning of its identity. */
  readonly id: string;
  /** Effective time, ms. */
  readonly t: number;
  readonly x: number;
}

/** The newest doses and meals by catalogue number, each in order of time. Plain JSON. */
export interface DoseMemory {
  readonly entries: Readonly<Record<string, readonly Entry[]>>;
  /** When the first that was ever known was given, ms, by catalogue number. */
  readonly since: Readonly<Record<string, number>>;
}

export const NO_DOSES: DoseMemory = { entries: {}, since: {} };

/** With one more value, whatever order they come in; a value of the same identity is replaced. @param now newest effective time, ms */
export function withDose(memory: DoseMemory, { code, identity, t, x }: Cited, now: number): DoseMemory {
  const id = identity.slice(0, SHORT);
  const others = entriesOf(memory, code).filter((entry) => entry.id !== id);
  const entries = [...others, { id, t, x }].sort((a, b) => a.t - b.t || a.x - b.x || (a.id < b.id ? -1 : 1));
  const since = Math.min(memory.since[code] ?? t, t);
  return {
    entries: { ...memory.entries, [code]: pruned(entries, now - KEPT_MS) },
    since: { ...memory.since, [code]: since },
  };
}

/** Without the values of these identities. */
export function withoutDoses(memory: DoseMemory, identities: ReadonlySet<string>): DoseMemory {
  const gone = new Set([...identities].map((identity) => identity.slice(0, SHORT)));
  const all = Object.values(memory.entries);
  if (!all.some((entries) => entries.some(({ id }) => gone.has(id)))) return memory;
  const left = Object.entries(memory.entries).map(([code, entries]) => [
    code,
    entries.filter(({ id }) => !gone.has(id)),
  ]);
  return { ...memory, entries: Object.fromEntries(left) as DoseMemory['entries'] };
}

/** Those known of a measure (catalogue number), in order of time. */
export function entriesOf(memory: DoseMemory, code: number): readonly Entry[] {
  return memory.entries[code] ?? [];
}

/** The newest from before `from` stays: a rate that was set then still holds. */
function pruned(entries: readonly Entry[], from: number): readonly Entry[] {
  const first = entries.findIndex(({ t }) => t >= from);
  const kept = entries.slice(Math.max(0, first === -1 ? entries.length - 1 : first - 1));
  return kept.slice(-MAX_KEPT);
}
