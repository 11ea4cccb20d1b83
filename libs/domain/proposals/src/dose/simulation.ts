import type { ModelRefusal } from '#libs/domain/forecasting';
import {
  applyChanges,
  DEFAULT_SEED,
  isRefusal,
  meanOf,
  quantileOf,
  sortedAt,
  type PlannedChange,
  type RecordedHistory,
  type ScenarioModel,
  type ScenarioPlan,
  type SimulatedArm,
} from '#libs/domain/scenarios';
import type { ProposalCase } from '../proposal-case.js';

const MINUTE = 60_000;
const MINUTES = 240;
const STEP = 5;
const DRAWS = 100;

/** What is predicted over four hours. Nothing is simulated before it is asked for. */
export interface Simulation {
  /** Least mean of the next 60 minutes if nothing is given, mg/dL. */
  readonly lowestMean: () => number | ModelRefusal;
  /** Least 5 % quantile of four hours with what is given now, mg/dL; a dose the model refuses is not safe. */
  readonly lowestQuantile: (given: Given) => number;
}

export interface Given {
  /** [IU] */
  readonly insulin?: number;
  /** g */
  readonly carbohydrates?: number;
}

export function simulationOf<Ensemble>(
  { person, now }: ProposalCase,
  history: RecordedHistory,
  model: ScenarioModel<Ensemble>,
): Simulation {
  const { subject, parameters } = person;
  let started: Ensemble | ModelRefusal | undefined;
  const start = (): Ensemble | ModelRefusal => {
    const { glucose, inputs, disagreement } = history;
    const known = { subject, parameters, glucose, inputs, disagreement, from: now };
    started ??= model.start(known, DRAWS, DEFAULT_SEED);
    return started;
  };
  const branch = { name: 'proposed', from: now, until: now + MINUTES * MINUTE };
  const run = (given: Given): SimulatedArm | ModelRefusal => {
    const ensemble = start();
    if (isRefusal(ensemble)) return ensemble;
    const changed = applyChanges(history.inputs, changesOf(given, now), branch);
    return isRefusal(changed) ? changed : model.run(ensemble, changed.inputs, MINUTES, STEP);
  };
  return {
    lowestMean: () => {
      const arm = run({});
      if (isRefusal(arm)) return arm;
      return least(arm, 60, (values) => meanOf(values));
    },
    lowestQuantile: (given) => {
      const arm = run(given);
      if (isRefusal(arm)) return Number.NEGATIVE_INFINITY;
      return least(arm, MINUTES, (values) => quantileOf(values, 0.05));
    },
  };
}

/** The scenario beside a suggestion: nothing, and what is proposed; carbohydrates about to be eaten are in both. */
export function planOf(one: ProposalCase, model: string, value: number | undefined): ScenarioPlan {
  const { kind, now, knownAt, carbohydrates } = one;
  const eaten = { carbohydrates };
  const proposed =
    kind === 'insulin-bolus' ? { ...eaten, insulin: value ?? 0 } : { carbohydrates: carbohydrates + (value ?? 0) };
  return {
    model,
    from: now,
    knownAt,
    minutes: MINUTES,
    stepMinutes: STEP,
    draws: DRAWS,
    seed: DEFAULT_SEED,
    arms: [
      { name: 'nothing', changes: changesOf(eaten, now) },
      ...(value === undefined ? [] : [{ name: 'proposed', changes: changesOf(proposed, now) }]),
    ],
  };
}

function changesOf({ insulin = 0, carbohydrates = 0 }: Given, t: number): readonly PlannedChange[] {
  return [
    ...(carbohydrates > 0 ? [{ kind: 'amount', of: 'carbohydrate-intake', t, x: carbohydrates } as const] : []),
    ...(insulin > 0 ? [{ kind: 'amount', of: 'insulin-bolus', t, x: insulin } as const] : []),
  ];
}

/** Least of what `of` gives of the draws at each step up to `until` minutes, mg/dL. */
function least({ minutes, paths }: SimulatedArm, until: number, of: (values: Float64Array) => number): number {
  let lowest = Infinity;
  for (const [step, minute] of minutes.entries())
    if (minute <= until) lowest = Math.min(lowest, of(sortedAt(paths, step)));
  // Down: what is just below a limit is not rounded up to it.
  return Math.floor(lowest * 10 + 1e-6) / 10;
}
