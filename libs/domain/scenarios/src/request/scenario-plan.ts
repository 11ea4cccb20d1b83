import type { Change, Changeable, ScenarioAsked } from '#libs/contracts';
import { amountOf } from './amounts.js';

/** One change, in ms and canonical units. */
export type PlannedChange =
  | { readonly kind: 'amount'; readonly of: AmountCode; readonly t: number; readonly x: number }
  | {
      readonly kind: 'rate';
      readonly of: RateCode;
      readonly from: number;
      readonly until: number;
      readonly x: number;
    }
  | {
      readonly kind: 'scale';
      readonly of: Changeable;
      readonly by: number;
      readonly from: number;
      readonly until: number;
    }
  | { readonly kind: 'remove'; readonly of: Changeable; readonly from: number; readonly until: number }
  | {
      readonly kind: 'shift';
      readonly of: Changeable;
      readonly byMs: number;
      readonly from: number;
      readonly until: number;
    };

export type AmountCode = 'insulin-bolus' | 'carbohydrate-intake';
export type RateCode = 'insulin-basal-rate' | 'exercise-intensity';

export interface ScenarioPlan {
  readonly model: string;
  /** ms */
  readonly from: number;
  readonly knownAt: number;
  readonly minutes: number;
  readonly stepMinutes: number;
  readonly draws: number;
  readonly seed: number;
  readonly arms: readonly { readonly name: string; readonly changes: readonly PlannedChange[] }[];
}

/** What is wrong with a request; `pointer` is a JSON pointer. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface Times {
  /** The server's time, ms: nothing may begin after it. */
  readonly now: number;
  /** What is known of the person ends here, ms. */
  readonly known: number;
}

/** Where no seed is given. */
export const DEFAULT_SEED = 1;
/** Where no step is given and the time is no shorter. */
const DEFAULT_STEP_MINUTES = 5;
const MINUTE = 60_000;

/**
 * A request that the schema has checked, as a plan; or all that is wrong with it.
 * `from` defaults to now, or to `knownAt` where that is given; `knownAt` to what is known.
 */
export function planScenario(asked: ScenarioAsked, times: Times): ScenarioPlan | readonly Fault[] {
  const faults: Fault[] = [];
  const knownAt = asked.knownAt === undefined ? times.known : Date.parse(asked.knownAt);
  const from = asked.from === undefined ? (asked.knownAt === undefined ? times.now : knownAt) : Date.parse(asked.from);
  for (const [name, t] of [
    ['from', from],
    ['knownAt', knownAt],
  ] as const)
    if (t > times.now) faults.push({ pointer: `/${name}`, code: 'in-the-future', detail: 'must not be in the future' });
  const { minutes, stepMinutes = Math.min(DEFAULT_STEP_MINUTES, minutes) } = asked;
  if (stepMinutes > minutes)
    faults.push({ pointer: '/stepMinutes', code: 'out-of-range', detail: 'must not be longer than `minutes`' });
  const branch = { from, until: from + minutes * MINUTE };
  const names = new Set<string>();
  const arms = asked.arms.map(({ name, changes }, i) => {
    if (names.has(name))
      faults.push({ pointer: `/arms/${i}/name`, code: 'duplicate', detail: 'another arm has this name' });
    names.add(name);
    return { name, changes: plannedOf(changes, `/arms/${i}/changes`, branch, faults) };
  });
  if (faults.length > 0) return faults;
  const { model, draws } = asked;
  return { model, from, knownAt, minutes, stepMinutes, draws, seed: asked.seed ?? DEFAULT_SEED, arms };
}

interface Branch {
  readonly from: number;
  readonly until: number;
}

function plannedOf(changes: readonly Change[], at: string, branch: Branch, faults: Fault[]): readonly PlannedChange[] {
  const planned = changes.flatMap((change, i) => {
    const one = plannedChange(change, `${at}/${i}`, branch, faults);
    return one === undefined ? [] : [{ change: one, pointer: `${at}/${i}` }];
  });
  for (const [i, { change, pointer }] of planned.entries()) {
    if (change.kind !== 'rate') continue;
    const overlaps = planned
      .slice(0, i)
      .some(
        ({ change: other }) =>
          other.kind === 'rate' && other.of === change.of && other.from < change.until && change.from < other.until,
      );
    if (overlaps)
      faults.push({ pointer, code: 'overlap', detail: `overlaps with another ${change.of} of the same arm` });
  }
  return planned.map(({ change }) => change);
}

function plannedChange(change: Change, pointer: string, branch: Branch, faults: Fault[]): PlannedChange | undefined {
  const before = faults.length;
  const fault = (member: string, code: string, detail: string): void =>
    void faults.push({ pointer: `${pointer}/${member}`, code, detail });
  const notBefore = (member: string, t: number): void => {
    if (t < branch.from) fault(member, 'before-branch', 'must not be before the beginning of the branch');
  };
  const after = (member: string, from: number, until: number): void => {
    if (until <= from) fault(member, 'out-of-range', 'must be after its beginning');
  };
  switch (change.kind) {
    case 'insulin-bolus':
    case 'carbohydrate-intake': {
      const t = Date.parse(change.at);
      notBefore('at', t);
      const x = amountOf(change.kind, change.value, change.unit);
      if (typeof x === 'string') fault('unit', 'unit-unknown', x);
      return faults.length > before ? undefined : { kind: 'amount', of: change.kind, t, x: Number(x) };
    }
    case 'insulin-basal-rate':
    case 'exercise-intensity': {
      const [from, until] = [Date.parse(change.at), Date.parse(change.until)];
      notBefore('at', from);
      after('until', from, until);
      const x = amountOf(change.kind, change.value, change.unit);
      if (typeof x === 'string') fault('unit', 'unit-unknown', x);
      return faults.length > before ? undefined : { kind: 'rate', of: change.kind, from, until, x: Number(x) };
    }
    case 'scale':
    case 'remove':
    case 'shift': {
      const from = change.from === undefined ? branch.from : Date.parse(change.from);
      const until = change.until === undefined ? Math.max(branch.until, from + 1) : Date.parse(change.until);
      notBefore('from', from);
      after('until', from, until);
      if (faults.length > before) return undefined;
      const window = { of: change.of, from, until };
      if (change.kind === 'scale') return { kind: 'scale', by: change.by, ...window };
      if (change.kind === 'remove') return { kind: 'remove', ...window };
      return { kind: 'shift', byMs: change.byMinutes * MINUTE, ...window };
    }
  }
}
