import type { Scenario } from '#libs/contracts';
import { refuse, type FittedParameters, type ModelRefusal, type Subject } from '#libs/domain/forecasting';
import { applyChanges, type ChangedInputs } from '../changes/apply-changes.js';
import { recordedHistory, type RecordedHistory, type RecordedValue } from '../inputs/recorded-history.js';
import type { ScenarioPlan } from '../request/scenario-plan.js';
import { differenceOf, type Difference } from '../summary/differences.js';
import { pointsOf, type PathPoint } from '../summary/path-points.js';
import { summarise, type Summary } from '../summary/summarise.js';
import { armsOf } from './run-arms.js';
import { scenarioId } from './scenario-id.js';
import { isRefusal, type ScenarioModel, type SimulatedArm } from './scenario-model.js';

/** A person as known at the time of the branch: plain values, so that it can be sent to a worker thread. */
export interface ScenarioBranch {
  /** Key of the tenant. */
  readonly tenant: number;
  readonly patient: string;
  readonly plan: ScenarioPlan;
  readonly subject: Subject;
  readonly parameters: FittedParameters | null;
  /** Ascending by time. */
  readonly values: readonly RecordedValue[];
}

export type ScenarioOutcome = { readonly kind: 'scenario'; readonly scenario: Scenario } | ModelRefusal;

const MINUTE = 60_000;
const DISCLAIMER =
  'Research software, not a cleared medical device. A scenario is a simulation: nothing is given, changed or ordered by it.';

const ORDERED = 'An arm with more carbohydrates than another, and else the same, is held at or above it.';

/** Simulates the arms of a plan from the state of the person. Pure: the same branch and model give the same bytes. */
export function runScenario<Ensemble>(branch: ScenarioBranch, model: ScenarioModel<Ensemble>): ScenarioOutcome {
  const { plan, subject, parameters } = branch;
  const { from, minutes, stepMinutes } = plan;
  const until = from + minutes * MINUTE;
  const history = recordedHistory(branch.values, from, until);
  if (isRefusal(history)) return history;
  const { disagreement } = history;
  if (history.isInConflict)
    return refuse(
      'outside-domain',
      `Two glucose sensors differ by ${Math.round(disagreement)} mg/dL. Check with a meter.`,
    );
  const changed: { readonly name: string; readonly given: ChangedInputs }[] = [];
  for (const { name, changes } of plan.arms) {
    const given = applyChanges(history.inputs, changes, { name, from, until });
    if (isRefusal(given)) return given;
    changed.push({ name, given });
  }
  const known = { subject, parameters, glucose: history.glucose, inputs: history.inputs, disagreement, from };
  const ensemble = model.start(known, plan.draws, plan.seed);
  if (isRefusal(ensemble)) return ensemble;
  const arms: { readonly name: string; readonly points: readonly PathPoint[]; readonly summary: Summary }[] = [];
  const differences: Difference[] = [];
  // Paths of few arms are held at a time: of twenty arms with a thousand draws they are large.
  let first: (SimulatedArm & { readonly name: string; readonly summary: Summary }) | undefined;
  const simulations = armsOf(
    changed.map(({ given }) => given.inputs),
    (inputs) => model.run(ensemble, inputs, minutes, stepMinutes),
  );
  for (const [index, { name, given }] of changed.entries()) {
    const simulated = simulations.run(index);
    if (isRefusal(simulated)) return simulated;
    const points = pointsOf(simulated);
    const summary = summarise(simulated.paths, points, given.inputs, from, until);
    const arm = { name, summary, minutes: simulated.minutes, paths: simulated.paths };
    arms.push({ name, points, summary });
    if (first === undefined) first = arm;
    else differences.push(differenceOf(arm, first));
  }
  const warnings = [...history.warnings, ...changed.flatMap(({ given }) => given.warnings)];
  const scenario: Scenario = {
    ...headOf(branch, model),
    arms: arms.map(({ name, points, summary }) => ({
      name,
      points: points.map((point) => ({
        minutes: point.minutes,
        effectiveAt: iso(from + point.minutes * MINUTE),
        mean: point.mean,
        quantiles: point.quantiles,
      })),
      summary: { ...summary },
    })),
    differences: differences.map(mutable),
    inputs: history.counts.map(({ code, count, newest }) => ({ code, count, newest: iso(newest) })),
    assumptions: [
      ...assumptionsOf(branch, history),
      ...(simulations.areOrdered ? [ORDERED] : []),
      ...model.assumptions(ensemble),
    ],
    warnings,
    disclaimer: DISCLAIMER,
  };
  return { kind: 'scenario', scenario };
}

function headOf(
  { tenant, patient, plan, parameters }: ScenarioBranch,
  model: { readonly id: string; readonly version: string },
): Omit<Scenario, 'arms' | 'differences' | 'inputs' | 'assumptions' | 'warnings' | 'disclaimer'> {
  const parametersVersion = parameters?.version ?? 0;
  return {
    id: scenarioId({ tenant, patient, plan, modelVersion: model.version, parametersVersion }),
    patient,
    model: { id: model.id, version: model.version },
    parameters:
      parameters === null
        ? { source: 'population' }
        : { source: 'personal', version: parameters.version, fittedAt: iso(parameters.fittedAt) },
    from: iso(plan.from),
    knownAt: iso(plan.knownAt),
    seed: plan.seed,
    stepMinutes: plan.stepMinutes,
    minutes: plan.minutes,
    draws: plan.draws,
    unit: 'mg/dL',
  };
}

function assumptionsOf({ plan, parameters }: ScenarioBranch, history: RecordedHistory): string[] {
  const newest = history.glucose.at(-1)!;
  const hasMeals = history.counts.some(({ code }) => code === 'carbohydrate-intake');
  return [
    `The branch begins with the glucose known at ${iso(plan.from)}: ${newest.mgPerDl} mg/dL at ${iso(newest.t)}.`,
    'Doses, meals and exercise recorded for the time of the branch happen as recorded, unless an arm changes them; nothing else happens.',
    ...(hasMeals ? [] : ['No carbohydrates are recorded: what was eaten before the branch is unknown.']),
    ...(parameters === null
      ? []
      : [`The parameters were fitted to this person on data until ${iso(parameters.dataUntil)}.`]),
    'All arms use the same draws, so that differences between them are those of the changes.',
    'Illness, stress, alcohol and errors of the sensor are not simulated.',
  ];
}

function mutable(difference: Difference): Scenario['differences'][number] {
  return {
    ...difference,
    points: difference.points.map(({ minutes, mean, interval95 }) => ({ minutes, mean, interval95: [...interval95] })),
    summary: { ...difference.summary, interval95: [...difference.summary.interval95] },
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
