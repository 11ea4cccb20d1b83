import type { InputChange } from '#libs/domain/forecasting';
import { learned, SETTLED_AFTER } from '../person/learn.js';
import { inserted, keyOf, retained, without, type Entry } from './entries.js';
import { BASAL, BOLUS, CARBOHYDRATES, EMPTY, GLUCOSE, type Memory } from './memory.js';

const HOUR = 3_600_000;
/** A reading is learned from when it has settled; it needs 2 h of readings and 6 h of doses before it. */
const GLUCOSE_KEPT = SETTLED_AFTER + 2 * HOUR;
const DOSES_KEPT = SETTLED_AFTER + 6 * HOUR;
const BASAL_KEPT = SETTLED_AFTER + 2 * HOUR;
/** A kind of dose that was recorded within a day counts as recorded at all. */
const RECORDED_WITHIN = 24 * HOUR;
const MAX_READINGS = 150;
const MAX_DOSES = 120;

/** The memory with one value that is new, corrected or withdrawn. A code that is not read, or no number, changes nothing but what it replaces. */
export function take(memory: unknown, change: InputChange): Memory {
  const before = (memory as Memory | null) ?? EMPTY;
  const key = keyOf(change.identity);
  const counts = !change.isWithdrawn && Number.isFinite(change.x) && Number.isFinite(change.t);
  const entry = { k: key, t: change.t, x: change.x };
  if (change.code === GLUCOSE) {
    const others = without(before.glucose, key);
    const reading = { ...entry, s: change.source, q: change.quality };
    return bounded(learned({ ...before, glucose: counts ? inserted(others, reading) : others }));
  }
  // A dose whose value is not to be trusted is not known; it is not taken as given, nor as none.
  const isGiven = counts && change.quality !== 2 && change.x >= 0;
  const changed = (entries: readonly Entry[]): readonly Entry[] =>
    isGiven ? inserted(without(entries, key), entry) : without(entries, key);
  switch (change.code) {
    case BOLUS:
      return bounded({ ...before, boluses: changed(before.boluses) });
    case BASAL:
      return bounded({ ...before, basal: changed(before.basal) });
    case CARBOHYDRATES:
      return bounded({ ...before, carbohydrates: changed(before.carbohydrates) });
    default:
      return before;
  }
}

function bounded(memory: Memory): Memory {
  const newest = memory.glucose.at(-1)?.t;
  // Without a reading there is no now: only the counts bound the doses.
  const now = newest ?? Number.NEGATIVE_INFINITY;
  const last = now - SETTLED_AFTER - RECORDED_WITHIN;
  const doses = (entries: readonly Entry[], kept: number): readonly Entry[] =>
    retained(entries, { from: now - kept, count: MAX_DOSES, last });
  return {
    glucose: retained(memory.glucose, { from: now - GLUCOSE_KEPT, count: MAX_READINGS, last: now - GLUCOSE_KEPT }),
    boluses: doses(memory.boluses, DOSES_KEPT),
    basal: doses(memory.basal, BASAL_KEPT),
    carbohydrates: doses(memory.carbohydrates, DOSES_KEPT),
    person: memory.person,
  };
}
