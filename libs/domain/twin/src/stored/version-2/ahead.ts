import { gridTimes } from '../../time/grid.js';
import type { Catalogue } from '../../rules/catalogue.js';
import type { Kept } from '../../state/machine-state.js';
import type { StoredCited } from '../../state/cited.js';
import type { MeasureState } from '../../state/state.js';
import type { Citing } from '../cited-parts.js';
import type { StoredState } from '../twin-codec.js';
import { judgedAtReceipt, memoriesWithoutAhead } from './ahead-memories.js';

type Measure = Citing<StoredCited, MeasureState>;

/**
 * A snapshot of version 2 may hold values that are newer than the log itself, of a clock that was ahead: everything true would be late
 * beside them. They are taken as if they had been measured when the newest record was received (docs/adr/0023), and the kept machines
 * are laid out for the newest time that is left. One without such values comes back as it is.
 */
export function withoutAhead<T extends Omit<StoredState, 'v'>>(catalogue: Catalogue, state: T): T {
  const { heard, measures } = state;
  if (!Object.values(measures).some(({ t }) => t > heard)) return state;
  const newestOf = (codes: readonly number[], of: StoredState['measures']): number | null =>
    codes.reduce<number | null>((newest, code) => {
      const t = of[code]?.t;
      return t === undefined ? newest : Math.max(newest ?? t, t);
    }, null);
  const brought = map(measures, (measure) => (measure.t > heard ? atReceipt(measure, heard) : measure));
  const laidOut = <K extends Kept<unknown>>(kept: K, codes: readonly number[]): K => {
    const [before, after] = [newestOf(codes, measures), newestOf(codes, brought)];
    return before === null || after === null || before === after
      ? kept
      : { ...kept, grid: gridOf(kept, before, after) };
  };
  const byRule = new Map(catalogue.rules.map((rule) => [rule.id, catalogue.codesOf(rule)]));
  const ahead = new Set(Object.keys(measures).filter((code) => measures[code]!.t > heard));
  return {
    ...memoriesWithoutAhead(catalogue, state, ahead),
    asOf: heard,
    measures: brought,
    checks: map(state.checks, (kept, code) => laidOut(kept, [Number(code)])),
    rules: map(state.rules, (kept, id) => laidOut(kept, byRule.get(id) ?? [])),
  };
}

function atReceipt(measure: Measure, heard: number): Measure {
  const { latest } = measure;
  if (latest === null || latest[2] <= heard) return { ...measure, t: heard };
  return { ...measure, t: heard, latest: judgedAtReceipt(latest, heard) };
}

/** For each of the new times the machine that was kept nearest before it. */
function gridOf({ grid }: Kept<unknown>, before: number, after: number): readonly number[] {
  if (grid.length === 0) return grid;
  const times = gridTimes(before);
  return gridTimes(after).map((time) => grid[times.findLastIndex((one) => one <= time)] ?? -1);
}

function map<V>(record: Readonly<Record<string, V>>, of: (value: V, key: string) => V): Readonly<Record<string, V>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value, key)]));
}
