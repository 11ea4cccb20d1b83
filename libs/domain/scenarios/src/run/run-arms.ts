import type { ModelRefusal } from '#libs/domain/forecasting';
import type { PersonInputs } from '../inputs/person-inputs.js';
import { isRefusal, type SimulatedArm } from './scenario-model.js';

const MINUTE = 60_000;

interface Arms {
  /** Whether an arm has more carbohydrates than another and else the same. */
  readonly areOrdered: boolean;
  readonly run: (index: number) => SimulatedArm | ModelRefusal;
}

/**
 * Simulates arms by their place. An arm is held at or above those with fewer carbohydrates and else the same, draw by draw: in some models a snack on a full stomach
 * delays what was there, by which more carbohydrates would lower glucose. No such effect is known in people. Paths are kept of those arms only that bound others.
 */
export function armsOf(
  inputs: readonly PersonInputs[],
  simulate: (inputs: PersonInputs) => SimulatedArm | ModelRefusal,
): Arms {
  const below = inputs.map((one) => [...inputs.keys()].filter((other) => hasMoreCarbohydrates(one, inputs[other]!)));
  const bounding = new Set(below.flat());
  const kept = new Map<number, SimulatedArm>();
  const run = (index: number): SimulatedArm | ModelRefusal => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const bounds: SimulatedArm[] = [];
    for (const other of below[index]!) {
      const bound = run(other);
      if (isRefusal(bound)) return bound;
      bounds.push(bound);
    }
    const own = simulate(inputs[index]!);
    if (isRefusal(own)) return own;
    const arm = bounds.length === 0 ? own : heldAbove(own, bounds);
    if (bounding.has(index)) kept.set(index, arm);
    return arm;
  };
  return { areOrdered: bounding.size > 0, run };
}

function heldAbove({ minutes, paths }: SimulatedArm, bounds: readonly SimulatedArm[]): SimulatedArm {
  return {
    minutes,
    paths: paths.map((path, draw) =>
      Float64Array.from(path, (x, i) => bounds.reduce((most, bound) => Math.max(most, bound.paths[draw]![i]!), x)),
    ),
  };
}

/** Whether `more` has all carbohydrates of `less` and others besides, at the same insulin and exercise. */
function hasMoreCarbohydrates(more: PersonInputs, less: PersonInputs): boolean {
  const [eaten, others] = [gramsByMinute(more), gramsByMinute(less)];
  let hasMore = false;
  for (const minute of new Set([...eaten.keys(), ...others.keys()])) {
    const [own, other] = [eaten.get(minute) ?? 0, others.get(minute) ?? 0];
    if (own < other) return false;
    hasMore ||= own > other;
  }
  return hasMore && restOf(more) === restOf(less);
}

function restOf({ boluses, basal, exercise }: PersonInputs): string {
  return JSON.stringify([boluses, basal, exercise]);
}

function gramsByMinute({ carbohydrates }: PersonInputs): ReadonlyMap<number, number> {
  const grams = new Map<number, number>();
  for (const { t, grams: x } of carbohydrates) {
    const minute = Math.floor(t / MINUTE);
    grams.set(minute, (grams.get(minute) ?? 0) + x);
  }
  return grams;
}
