import { cellOf, gridTimes } from './grid.js';
import { step, type FoundEpisode } from './machine.js';
import type { LimitRule } from './rule.js';
import type { Cited, Machine, PatientLimits, RuleState } from './state.js';

/** A rule's machines after a fold, and the episodes that ended or are open in the part that was folded. */
export interface Folded {
  readonly now: Machine | null;
  readonly grid: readonly number[];
  readonly machines: readonly Machine[];
  readonly found: readonly FoundEpisode[];
}

export const NO_RULE_STATE: RuleState = {
  now: null,
  grid: [],
  machines: [],
  episodes: [],
  count: 0,
  floor: null,
};

interface Start {
  /** The machine after everything before the samples to fold. */
  readonly machine: Machine | null;
  /** Grid machines up to and including this time stay as they are; null when nothing was folded before. */
  readonly from: number | null;
  readonly before: RuleState;
  readonly beforeNewest: number | null;
}

/**
 * Folds `samples` (in order) on from `start`, and makes the grid machines after `start.from` anew, up to the
 * measure's newest effective time.
 */
export function fold(
  rule: LimitRule,
  timeline: readonly PatientLimits[] | undefined,
  start: Start,
  samples: readonly Cited[],
  newest: number,
): Folded {
  const { before, beforeNewest, from } = start;
  const sameCell = from !== null && from === beforeNewest && cellOf(newest) === cellOf(from);
  const times = sameCell ? [] : gridTimes(newest).filter((time) => from === null || time > from);
  const made: (Machine | null)[] = [];
  const ended: FoundEpisode[] = [];
  let machine = start.machine;
  for (const sample of samples) {
    while (made.length < times.length && times[made.length]! <= sample[2]) made.push(machine);
    if (sample[4] !== 2) machine = step(rule, timeline, machine, sample, ended);
  }
  while (made.length < times.length) made.push(machine);
  if (machine?.open) ended.push({ ...machine.open, end: null, cleared: null });
  const grid = sameCell
    ? { grid: before.grid, machines: before.machines }
    : packGrid([...keptMachines(before, beforeNewest, newest, from), ...made]);
  return { now: machine, ...grid, found: ended };
}

/** The machine at the newest grid time that is not after `t`, for a measure whose newest effective time is `newest`. */
export function machineBefore(
  state: RuleState,
  newest: number,
  t: number,
): { readonly at: number; readonly machine: Machine | null } {
  const times = gridTimes(newest);
  let index = times.length - 1;
  while (index > 0 && times[index]! > t) index--;
  return { at: times[index]!, machine: machineAt(state, index) };
}

function machineAt(state: RuleState, index: number): Machine | null {
  const at = state.grid[index];
  return at === undefined || at === -1 ? null : (state.machines[at] ?? null);
}

function keptMachines(
  before: RuleState,
  beforeNewest: number | null,
  newest: number,
  from: number | null,
): (Machine | null)[] {
  const wanted = gridTimes(newest).filter((time) => from !== null && time <= from);
  if (beforeNewest === null || before.grid.length === 0) return wanted.map(() => null);
  const times = gridTimes(beforeNewest);
  return wanted.map((time) => {
    const index = times.indexOf(time);
    return index === -1 ? null : machineAt(before, index);
  });
}

/** Equal machines are written once: through a long quiet episode the grid costs a few digits. All idle costs nothing. */
function packGrid(at: readonly (Machine | null)[]): Pick<RuleState, 'grid' | 'machines'> {
  if (at.every((machine) => machine === null)) return { grid: [], machines: [] };
  const machines: Machine[] = [];
  const grid = at.map((machine) => {
    if (machine === null) return -1;
    const equal = machines.findIndex((other) => sameContent(other, machine));
    return equal === -1 ? machines.push(machine) - 1 : equal;
  });
  return { grid, machines };
}

/** Equal as JSON, whatever the order of keys: a store may have changed it. */
function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  const right: Readonly<Record<string, unknown>> = { ...b };
  return left.length === Object.keys(right).length && left.every(([key, value]) => sameContent(value, right[key]));
}
