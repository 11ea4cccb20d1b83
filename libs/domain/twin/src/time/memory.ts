import type { Applied, Judgement, Memory, StoredMeasurement } from '../state/twin-port.js';

/** What was loaded for a `Needs`: per asked identity its newest version or null, per asked window its newest versions. */
export interface Found {
  readonly identities?: readonly {
    readonly identity: string;
    readonly stored: StoredMeasurement | null;
    /** See {@link Memory.former}; in any order. */
    readonly former?: readonly StoredMeasurement[];
  }[];
  readonly windows?: readonly {
    readonly code: number;
    readonly from: number;
    readonly until?: number;
    /** Newest versions, not withdrawn, from `from` on (to `until`, inclusive); in any order. */
    readonly measurements: readonly StoredMeasurement[];
  }[];
}

/** {@link Memory} of one patient in this process. */
export interface PatientMemory extends Memory {
  load(found: Found): void;
  /** Keeps up with what was applied, after it was applied and before the next record. */
  remember(applied: Pick<Applied, 'measurements' | 'judgements'>): void;
  /** Forgets everything, for example when a transaction was rolled back. */
  clear(): void;
  /** What it holds, in values; a series counts as many as it has. For whoever bounds many memories. */
  size(): number;
}

const IDENTITIES_KEPT = 4096;
/** Values of one measure that a memory keeps by default. */
const WINDOW_KEPT = 8192;
/** Stretches of the past of one measure that are kept for the next record. */
const RANGES_KEPT = 4;

interface Window {
  from: number;
  /** Inclusive. */
  readonly until: number;
  /** Ordered by (t, identity). */
  list: StoredMeasurement[];
}

/**
 * A bounded cache of one patient's stored measurements. Loading never drops anything, so a record always finds what was loaded for
 * it; `remember` then drops the oldest identities and the older half of windows that have grown too long.
 *
 * @param windowKept values kept of one measure
 */
export function createMemory(windowKept: number = WINDOW_KEPT): PatientMemory {
  const identities = new Map<string, StoredMeasurement | null>();
  /** Former identity → the identity that was asked for. */
  const askedFor = new Map<string, string>();
  const formers = new Map<string, readonly StoredMeasurement[]>();
  const windows = new Map<number, Window>();
  /** Stretches of the past. */
  const ranges = new Map<number, Window[]>();

  function putFormer(stored: StoredMeasurement): void {
    const asked = askedFor.get(stored.identity);
    if (asked === undefined) return;
    const list = formers.get(asked) ?? [];
    formers.set(asked, list.map((one) => (one.identity === stored.identity ? stored : one)).sort(heldFirst));
  }

  /** By measure, so that a record costs one pass over a window and not one per value. */
  function putAll(measurements: Applied['measurements']): void {
    const added = new Map<Window, StoredMeasurement[]>();
    for (const stored of measurements) {
      if (identities.has(stored.identity)) identities.set(stored.identity, stored);
      if (askedFor.size > 0) putFormer(stored);
      const { replaces } = stored;
      for (const window of replaces === undefined ? [] : allOf(replaces.code)) {
        if (!remove(window.list, stored.identity, replaces!.t)) remove(added.get(window), stored.identity, replaces!.t);
      }
      if (stored.retracted) continue;
      for (const window of allOf(stored.code)) {
        if (stored.t < window.from || stored.t > window.until) continue;
        const list = added.get(window) ?? [];
        added.set(window, list);
        insert(list, stored);
      }
    }
    for (const [window, list] of added) window.list = merged(window.list, list);
  }

  function allOf(code: number): readonly Window[] {
    const [window, others] = [windows.get(code), ranges.get(code)];
    if (others === undefined) return window === undefined ? [] : [window];
    return window === undefined ? others : [window, ...others];
  }

  return {
    identity: (identity) => identities.get(identity),
    former: (identity) => formers.get(identity) ?? [],
    window(code, from, until = Number.POSITIVE_INFINITY) {
      const window = allOf(code).find((one) => !(one.from > from) && !(one.until < until));
      if (window === undefined || (window.from === from && window.until === until)) return window?.list;
      return window.list.slice(firstAt(window.list, from), firstAt(window.list, until + 1));
    },
    load(found) {
      for (const { identity, stored, former = [] } of found.identities ?? []) {
        identities.set(identity, stored);
        if (former.length === 0) continue;
        formers.set(identity, [...former].sort(heldFirst));
        for (const one of former) askedFor.set(one.identity, identity);
      }
      for (const { code, from, until, measurements } of found.windows ?? []) {
        const window = { from, until: until ?? Number.POSITIVE_INFINITY, list: [...measurements].sort(byTime) };
        if (until === undefined) windows.set(code, window);
        else ranges.set(code, [...(ranges.get(code) ?? []), window]);
      }
    },
    remember(applied) {
      putAll(applied.measurements);
      for (const judgement of applied.judgements)
        for (const { list } of allOf(judgement.code)) judgeAgain(list, judgement);
      for (const identity of identities.keys()) {
        if (identities.size <= IDENTITIES_KEPT) break;
        identities.delete(identity);
        for (const one of formers.get(identity) ?? []) askedFor.delete(one.identity);
        formers.delete(identity);
      }
      for (const window of windows.values()) if (window.list.length > windowKept) shorten(window);
      for (const [code, list] of ranges) if (list.length > RANGES_KEPT) ranges.set(code, list.slice(-RANGES_KEPT));
    },
    clear() {
      identities.clear();
      formers.clear();
      askedFor.clear();
      windows.clear();
      ranges.clear();
    },
    size() {
      let size = identities.size;
      for (const { list } of [...windows.values(), ...[...ranges.values()].flat()])
        for (const { series } of list) size += series?.length ?? 1;
      return size;
    },
  };
}

function heldFirst(a: StoredMeasurement, b: StoredMeasurement): number {
  if (a.retracted !== b.retracted) return a.retracted ? 1 : -1;
  return b.receivedAt - a.receivedAt || (a.identity < b.identity ? -1 : 1);
}

/** Keeps the newer half, and whole instants, so that what is covered stays complete. */
function shorten(window: Window): void {
  window.from = window.list[window.list.length >> 1]!.t;
  window.list = window.list.slice(firstAt(window.list, window.from));
}

function judgeAgain(list: StoredMeasurement[], judgement: Judgement): void {
  const { identity, version, t, quality, reasons } = judgement;
  for (let index = firstAt(list, t); index < list.length && list[index]!.t === t; index++) {
    const stored = list[index]!;
    if (stored.identity === identity && stored.version === version)
      list[index] = { ...stored, judged: { quality, reasons } };
  }
}

/** @returns whether it was there */
function remove(list: StoredMeasurement[] | undefined, identity: string, t: number): boolean {
  if (list === undefined) return false;
  for (let index = firstAt(list, t); index < list.length && list[index]!.t === t; index++) {
    if (list[index]!.identity !== identity) continue;
    list.splice(index, 1);
    return true;
  }
  return false;
}

/** One ordered list of two. */
function merged(list: StoredMeasurement[], added: readonly StoredMeasurement[]): StoredMeasurement[] {
  const [first] = added;
  const last = list.at(-1);
  if (first === undefined) return list;
  if (last === undefined || byTime(last, first) < 0) {
    list.push(...added);
    return list;
  }
  const all: StoredMeasurement[] = [];
  let next = 0;
  for (const stored of list) {
    while (next < added.length && byTime(added[next]!, stored) < 0) all.push(added[next++]!);
    all.push(stored);
  }
  for (; next < added.length; next++) all.push(added[next]!);
  return all;
}

function insert(list: StoredMeasurement[], stored: StoredMeasurement): void {
  let index = list.length;
  while (index > 0 && byTime(list[index - 1]!, stored) > 0) index--;
  list.splice(index, 0, stored);
}

function firstAt(list: readonly StoredMeasurement[], from: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.t < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byTime(a: StoredMeasurement, b: StoredMeasurement): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.identity === b.identity) return 0;
  return a.identity < b.identity ? -1 : 1;
}
