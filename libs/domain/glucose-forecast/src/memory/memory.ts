import type { Person } from '../person/person.js';
import type { Entry } from './entries.js';

export interface Reading extends Entry {
  /** The sensor: its device, of a value without one its source. */
  readonly s: string;
  /** 0 accepted, 1 doubtful, 2 bad. */
  readonly q: 0 | 1 | 2;
}

/** What is kept of one person: plain JSON, bounded. All lists ascend in time. */
export interface Memory {
  readonly glucose: readonly Reading[];
  readonly boluses: readonly Entry[];
  readonly basal: readonly Entry[];
  readonly carbohydrates: readonly Entry[];
  /** What was learned from readings that have settled. */
  readonly person: Person | null;
}

export const EMPTY: Memory = { glucose: [], boluses: [], basal: [], carbohydrates: [], person: null };

/** Catalogue numbers. */
export const GLUCOSE = 9;
export const BOLUS = 18;
export const BASAL = 19;
export const CARBOHYDRATES = 20;
