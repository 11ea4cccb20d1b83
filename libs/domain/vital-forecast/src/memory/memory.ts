import type { InputChange } from '#libs/domain/forecasting';
import { VITAL_SIGNS } from '../features/vital-signs.js';
import { charted, erased, knownVersion, type Chart } from './chart.js';
import { newestTime } from './hours.js';
import { identityOf, keyOf } from './value-keys.js';

/**
 * What is remembered of one person: the last 24 clock hours of each vital sign. Plain JSON of bounded size, never mutated.
 *
 * What is exact: values of the kept hours give the same memory whatever their order of arrival. A later version of a value (corrected, withdrawn, judged bad)
 * takes the earlier one's place as if that had never come, where its hour has at most three values or it is the newest of one of the last five minutes.
 * What is not: an earlier value of a stream is known by number and sum of its hour only. There a withdrawal changes nothing and a correction counts beside what it
 * corrects: one of hundreds. A value older than 24 clock hours before the newest of its measure is not taken.
 */
export interface VitalMemory {
  /** In the order of `VITAL_SIGNS`; null: no value. */
  readonly charts: ReadonlyArray<Chart | null>;
}

/** Version of the memory as stored. */
export const VITAL_MEMORY_VERSION = 1;

const PLACES: ReadonlyMap<number, number> = new Map(VITAL_SIGNS.map(({ code }, place) => [code, place]));
const NOTHING: VitalMemory = { charts: VITAL_SIGNS.map(() => null) };

/** A person nothing is known of. */
export function memoryOf(memory: unknown): VitalMemory {
  return (memory as VitalMemory | null) ?? NOTHING;
}

/**
 * The memory with one value that is new, corrected or withdrawn. One of bad quality, and a time or value that cannot be, counts as withdrawn; one of a measure
 * that is not forecast changes nothing.
 */
export function taken(memory: VitalMemory, change: InputChange): VitalMemory {
  const place = PLACES.get(change.code);
  if (place === undefined) return memory;
  const { t, x } = change;
  const { least, most } = VITAL_SIGNS[place]!.bounds;
  const isUsable = !change.isWithdrawn && change.quality !== 2 && Number.isFinite(t) && x >= least && x <= most;
  const chart = memory.charts[place]!;
  const id = keyOf(change.source, change.identity);
  const known = chart === null ? undefined : knownVersion(chart, identityOf(id));
  if (!isUsable && known === undefined) return memory;
  const before = chart !== null && known !== undefined ? erased(chart, known) : chart;
  const after = isUsable ? charted(before, { id, t, x }) : before;
  if (after === chart) return memory;
  const charts = memory.charts.slice();
  charts[place] = after;
  return { charts };
}

/** What is remembered of the vital sign with this catalogue number. */
export function chartOf({ charts }: VitalMemory, code: number): Chart | undefined {
  return charts[PLACES.get(code) ?? -1] ?? undefined;
}

/** Time of the newest value of all, ms; undefined: there is none. */
export function newestOfAll({ charts }: VitalMemory): number | undefined {
  let newest: number | undefined;
  for (const chart of charts) {
    if (chart === null) continue;
    const t = newestTime(chart.open);
    if (newest === undefined || t > newest) newest = t;
  }
  return newest;
}
