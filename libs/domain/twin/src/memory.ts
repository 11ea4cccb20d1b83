import type { Applied, Memory, StoredMeasurement } from './twin-port.js';

/** What was loaded for a `Needs`: per asked identity its newest version or null, per asked window its newest versions. */
export interface Found {
  readonly identities?: readonly { readonly identity: string; readonly stored: StoredMeasurement | null }[];
  readonly windows?: readonly {
    readonly code: number;
    readonly from: number;
    /** Newest versions, not withdrawn, from `from` on; in any order. */
    readonly measurements: readonly StoredMeasurement[];
  }[];
}

/** {@link Memory} of one patient in this process. */
export interface PatientMemory extends Memory {
  load(found: Found): void;
  /** Keeps up with what was applied, after it was applied and before the next record. */
  remember(applied: Applied): void;
  /** Forgets everything, for example when a transaction was rolled back. */
  clear(): void;
}

const IDENTITIES_KEPT = 4096;
const WINDOW_KEPT = 8192;

interface Window {
  from: number;
  /** Ordered by (t, identity). */
  list: StoredMeasurement[];
}

/**
 * A bounded cache of one patient's stored measurements. Loading never drops anything, so a record always finds what was loaded for
 * it; `remember` then drops the oldest identities and the older half of windows that have grown too long.
 */
export function createMemory(): PatientMemory {
  const identities = new Map<string, StoredMeasurement | null>();
  const windows = new Map<number, Window>();

  function put(stored: StoredMeasurement, replaces: { readonly code: number; readonly t: number } | undefined): void {
    if (identities.has(stored.identity)) identities.set(stored.identity, stored);
    if (replaces !== undefined) remove(windows.get(replaces.code), stored.identity);
    const window = windows.get(stored.code);
    if (window === undefined || stored.retracted || stored.t < window.from) return;
    insert(window.list, stored);
  }

  return {
    identity: (identity) => identities.get(identity),
    window(code, from) {
      const window = windows.get(code);
      if (window === undefined || window.from > from) return undefined;
      return window.from === from ? window.list : window.list.slice(firstAt(window.list, from));
    },
    load(found) {
      for (const { identity, stored } of found.identities ?? []) identities.set(identity, stored);
      for (const { code, from, measurements } of found.windows ?? []) {
        windows.set(code, { from, list: [...measurements].sort(byTime) });
      }
    },
    remember(applied) {
      for (const measurement of applied.measurements) put(measurement, measurement.replaces);
      for (const identity of identities.keys()) {
        if (identities.size <= IDENTITIES_KEPT) break;
        identities.delete(identity);
      }
      for (const window of windows.values()) if (window.list.length > WINDOW_KEPT) shorten(window);
    },
    clear() {
      identities.clear();
      windows.clear();
    },
  };
}

/** Keeps the newer half, and whole instants, so that what is covered stays complete. */
function shorten(window: Window): void {
  window.from = window.list[window.list.length >> 1]!.t;
  window.list = window.list.slice(firstAt(window.list, window.from));
}

function remove(window: Window | undefined, identity: string): void {
  const index = window?.list.findIndex((stored) => stored.identity === identity) ?? -1;
  if (index !== -1) window?.list.splice(index, 1);
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
