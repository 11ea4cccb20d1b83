import { refuse, type ModelRefusal } from '#libs/domain/forecasting';
import type { PersonInputs } from '../inputs/person-inputs.js';
import { clip, cutOut, put, rateAt, type Segment } from '../inputs/segments.js';
import { largestOf, unitOf } from '../request/amounts.js';
import type { AmountCode, PlannedChange, RateCode } from '../request/scenario-plan.js';

const MINUTE = 60_000;

/** An amount at a time, whatever its unit. */
interface Amount {
  readonly t: number;
  readonly x: number;
}

interface Course {
  readonly amounts: Readonly<Record<AmountCode, readonly Amount[]>>;
  readonly rates: Readonly<Record<RateCode, readonly Segment[]>>;
}

export interface ChangedInputs {
  readonly kind: 'changed';
  readonly inputs: PersonInputs;
  readonly warnings: readonly string[];
}

export interface ArmBranch {
  /** Name of the arm, for sentences. */
  readonly name: string;
  /** ms */
  readonly from: number;
  readonly until: number;
}

/**
 * What an arm gives the person: what is recorded, with the changes applied one after the other. A change that meets nothing is a warning; one that
 * leads beyond what the model is made for, or into the time before the branch, is a refusal.
 */
export function applyChanges(
  inputs: PersonInputs,
  changes: readonly PlannedChange[],
  branch: ArmBranch,
): ChangedInputs | ModelRefusal {
  let course = courseOf(inputs);
  const warnings: string[] = [];
  for (const change of changes) {
    const next = isAmount(change)
      ? changeAmounts(course, change, branch)
      : changeRates(course, change as RateChange, branch);
    if ('kind' in next) return next;
    if (next.warning !== undefined) warnings.push(`Arm "${branch.name}": ${next.warning}`);
    course = next.course;
  }
  return tooMuch(course, branch) ?? { kind: 'changed', inputs: inputsOf(course), warnings };
}

interface Changed {
  readonly course: Course;
  readonly warning?: string;
}
type AmountChange = Extract<PlannedChange, { kind: 'amount' }> | (Windowed & { readonly of: AmountCode });
type RateChange = Extract<PlannedChange, { kind: 'rate' }> | (Windowed & { readonly of: RateCode });
type Windowed = Extract<PlannedChange, { kind: 'scale' | 'remove' | 'shift' }>;

function isAmount(change: PlannedChange): change is AmountChange {
  return change.of === 'insulin-bolus' || change.of === 'carbohydrate-intake';
}

function changeAmounts(course: Course, change: AmountChange, branch: ArmBranch): Changed | ModelRefusal {
  const all = course.amounts[change.of];
  const having = (amounts: readonly Amount[]): Course => ({
    ...course,
    amounts: { ...course.amounts, [change.of]: amounts.toSorted((a, b) => a.t - b.t) },
  });
  if (change.kind === 'amount') {
    const course = having([...all, { t: change.t, x: change.x }]);
    return change.t < branch.until ? { course } : { course, warning: `${change.of} after the end has no effect.` };
  }
  const isMet = ({ t }: Amount): boolean => change.from <= t && t < change.until;
  const met = all.filter(isMet);
  if (met.length === 0) return { course, warning: nothing(change) };
  const others = all.filter((amount) => !isMet(amount));
  if (change.kind === 'remove') return { course: having(others) };
  if (change.kind === 'scale')
    return { course: having([...others, ...met.map(({ t, x }) => ({ t, x: x * change.by }))]) };
  const moved = met.map(({ t, x }) => ({ t: t + change.byMs, x }));
  if (moved.some(({ t }) => t < branch.from)) return beforeBranch(change, branch);
  return { course: having([...others, ...moved]) };
}

function changeRates(course: Course, change: RateChange, branch: ArmBranch): Changed | ModelRefusal {
  const all = course.rates[change.of];
  const having = (segments: readonly Segment[]): Course => ({
    ...course,
    rates: { ...course.rates, [change.of]: segments.toSorted((a, b) => a.from - b.from) },
  });
  if (change.kind === 'rate') {
    const { from, until, x } = change;
    const course = having(put(all, { from, until, rate: x }));
    return from < branch.until ? { course } : { course, warning: `${change.of} after the end has no effect.` };
  }
  const met = clip(all, change.from, change.until).filter(({ rate }) => rate > 0);
  if (met.length === 0) return { course, warning: nothing(change) };
  if (change.kind !== 'shift') {
    const by = change.kind === 'remove' ? 0 : change.by;
    return { course: having(met.reduce((now, { rate, ...time }) => put(now, { ...time, rate: rate * by }), all)) };
  }
  const moved = met.map(({ from, until, rate }) => ({ from: from + change.byMs, until: until + change.byMs, rate }));
  if (moved.some(({ from }) => from < branch.from)) return beforeBranch(change, branch);
  return { course: having(moved.reduce(put, leftBehind(all, change, met))) };
}

/** Where a course was moved away, the basal rate from before it holds on; exercise is none. */
function leftBehind(all: readonly Segment[], change: RateChange, met: readonly Segment[]): readonly Segment[] {
  const rate = change.of === 'insulin-basal-rate' ? rateAt(all, met[0]!.from - 1) : undefined;
  return met.reduce(
    (now, { from, until }) => (rate === undefined ? cutOut(now, from, until) : put(now, { from, until, rate })),
    all,
  );
}

function nothing({ kind, of }: Windowed): string {
  return `there is no ${of} in that time to ${kind}; it changes nothing.`;
}

function beforeBranch({ of }: { readonly of: string }, { name }: ArmBranch): ModelRefusal {
  return refuse('outside-domain', `Arm "${name}": the shift moves ${of} before the beginning of the branch.`);
}

function tooMuch({ amounts, rates }: Course, { name, from, until }: ArmBranch): ModelRefusal | undefined {
  const tables = { ...amounts, ...rates };
  for (const code of Object.keys(tables) as (AmountCode | RateCode)[]) {
    const within = tables[code].filter((one) => ('t' in one ? one.t >= from && one.t < until : one.until > from));
    const most = largest(within);
    if (most > largestOf(code))
      return refuse(
        'outside-domain',
        `Arm "${name}": ${code} of ${Number(most.toPrecision(6))} ${unitOf(code)} is above ${largestOf(code)} ${unitOf(code)}, the most the model is used with.`,
      );
  }
  return undefined;
}

/** Amounts of one minute are one amount, as models take them: many small ones are no way around the limit. */
function largest(within: readonly (Amount | Segment)[]): number {
  let most = 0;
  const minutes = new Map<number, number>();
  for (const one of within) {
    const minute = 't' in one ? Math.floor(one.t / MINUTE) : 0;
    const x = 't' in one ? (minutes.get(minute) ?? 0) + one.x : one.rate;
    if ('t' in one) minutes.set(minute, x);
    most = Math.max(most, x);
  }
  return most;
}

function courseOf(inputs: PersonInputs): Course {
  return {
    amounts: {
      'insulin-bolus': inputs.boluses.map(({ t, units }) => ({ t, x: units })),
      'carbohydrate-intake': inputs.carbohydrates.map(({ t, grams }) => ({ t, x: grams })),
    },
    rates: {
      'insulin-basal-rate': inputs.basal.map(({ from, until, unitsPerHour }) => ({ from, until, rate: unitsPerHour })),
      'exercise-intensity': inputs.exercise.map(({ from, until, percent }) => ({ from, until, rate: percent })),
    },
  };
}

function inputsOf({ amounts, rates }: Course): PersonInputs {
  return {
    boluses: amounts['insulin-bolus'].filter(({ x }) => x > 0).map(({ t, x }) => ({ t, units: x })),
    basal: rates['insulin-basal-rate'].map(({ from, until, rate }) => ({ from, until, unitsPerHour: rate })),
    carbohydrates: amounts['carbohydrate-intake'].filter(({ x }) => x > 0).map(({ t, x }) => ({ t, grams: x })),
    exercise: rates['exercise-intensity']
      .filter(({ rate }) => rate > 0)
      .map(({ from, until, rate }) => ({ from, until, percent: rate })),
  };
}
