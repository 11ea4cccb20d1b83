import { cellOf, gridTimes } from './grid.js';
import type { Kept, RuleState } from '../state/machine-state.js';

export const NOTHING_KEPT: Kept<never> = { now: null, grid: [], machines: [] };
export const NO_RULE_STATE: RuleState = { ...NOTHING_KEPT, episodes: [], count: 0, floor: null };

interface Start<M> {
  /** The machine after everything before the samples to fold. */
  readonly machine: M | null;
  /** Grid machines up to and including this time stay as they are; null when nothing was folded before. */
  readonly from: number | null;
  readonly before: Kept<M>;
  readonly beforeNewest: number | null;
}

/**
 * Folds `samples` (in order of their time) on from `start` with `step`, and makes the grid machines after `start.from` anew, up to
 * the newest effective time.
 */
export function fold<M, S>(
  step: (machine: M | null, sample: S) => M | null,
  timeOf: (sample: S) => number,
  start: Start<M>,
  samples: readonly S[],
  newest: number,
): Kept<M> {
  const { before, beforeNewest, from } = start;
  // No time of the grid lies between.
  const sameCell = from !== null && cellOf(newest) === cellOf(from);
  const times = sameCell ? [] : gridTimes(newest).filter((time) => from === null || time > from);
  const made: (M | null)[] = [];
  let machine = start.machine;
  for (const sample of samples) {
    while (made.length < times.length && times[made.length]! <= timeOf(sample)) made.push(machine);
    machine = step(machine, sample);
  }
  while (made.length < times.length) made.push(machine);
  const grid = sameCell
    ? { grid: before.grid, machines: before.machines }
    : packGrid([...keptMachines(before, beforeNewest, newest, from), ...made]);
  return { now: machine, ...grid };
}

/** The machine at the newest grid time that is not after `t`, for a measure whose newest effective time is `newest`. */
export function machineBefore<M>(
  state: Kept<M>,
  newest: number,
  t: number,
): { readonly at: number; readonly machine: M | null } {
  const times = gridTimes(newest);
  let index = times.length - 1;
  while (index > 0 && times[index]! > t) index--;
  return { at: times[index]!, machine: machineAt(state, index) };
}

function machineAt<M>(state: Kept<M>, index: number): M | null {
  return state.machines[state.grid[index] ?? -1] ?? null;
}

function keptMachines<M>(
  before: Kept<M>,
  beforeNewest: number | null,
  newest: number,
  from: number | null,
): (M | null)[] {
  if (from === null || beforeNewest === null) return [];
  const wanted = gridTimes(newest).filter((time) => time <= from);
  if (before.grid.length === 0) return wanted.map(() => null);
  const times = gridTimes(beforeNewest);
  return wanted.map((time) => machineAt(before, times.indexOf(time)));
}

/** Equal neighbours are written once: over a long steady episode the grid costs a few digits; an idle grid nothing. */
function packGrid<M>(at: readonly (M | null)[]): Pick<Kept<M>, 'grid' | 'machines'> {
  if (at.every((machine) => machine === null)) return { grid: [], machines: [] };
  const machines: M[] = [];
  const grid = at.map((machine) => {
    if (machine === null) return -1;
    if (!sameContent(machines.at(-1), machine)) machines.push(machine);
    return machines.length - 1;
  });
  return { grid, machines };
}

/** Equal as JSON, whatever the order of keys: a store may have changed it. */
function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => sameContent(left[key], right[key]));
}
