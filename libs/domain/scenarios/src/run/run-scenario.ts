import type { Scenario } from '#libs/contracts';
import type { FittedParameters, ModelRefusal, Subject } from '#libs/domain/forecasting';
import { applyChanges, type ChangedInputs } from '../changes/apply-changes.js';
import { recordedHistory, type RecordedHistory, type RecordedValue } from '../inputs/recorded-history.js';
import type { ScenarioPlan } from '../request/scenario-plan.js';
import { differenceOf } from '../summary/differences.js';
import { pointsOf } from '../summary/path-points.js';
import { summarise } from '../summary/summarise.js';
import { scenarioId } from './scenario-id.js';
import { isRefusal, type ScenarioModel } from './scenario-model.js';

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

/** Simulates the arms of a plan from the state of the person. Pure: the same branch and model give the same bytes. */
export function runScenario<Ensemble>(branch: ScenarioBranch, model: ScenarioModel<Ensemble>): ScenarioOutcome {
  const { plan, subject, parameters } = branch;
  const { from, minutes, stepMinutes } = plan;
  const until = from + minutes * MINUTE;
  const history = recordedHistory(branch.values, from, until);
  if (isRefusal(history)) return history;
  const changed: { readonly name: string; readonly given: ChangedInputs }[] = [];
  for (const { name, changes } of plan.arms) {
    const given = applyChanges(history.inputs, changes, { name, from, until });
    if (isRefusal(given)) return given;
    changed.push({ name, given });
  }
  const known = { subject, parameters, glucose: history.glucose, inputs: history.inputs, from };
  const ensemble = model.start(known, plan.draws, plan.seed);
  if (isRefusal(ensemble)) return ensemble;
  const arms = changed.map(({ name, given }) => {
    const paths = model.run(ensemble, given.inputs, minutes, stepMinutes);
    const points = pointsOf(paths, stepMinutes);
    return { name, paths, points, summary: summarise(paths, points, given.inputs, from, until) };
  });
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
    differences: arms.slice(1).map((arm) => mutable(differenceOf(arm, arms[0]!, stepMinutes))),
    inputs: history.counts.map(({ code, count, newest }) => ({ code, count, newest: iso(newest) })),
    assumptions: assumptionsOf(branch, history),
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

function assumptionsOf({ plan, parameters, subject }: ScenarioBranch, history: RecordedHistory): string[] {
  const counts = new Map(history.counts.map(({ code, count }) => [code, count]));
  const newest = history.glucose.at(-1)!;
  const has = (code: RecordedValue['code']): boolean => (counts.get(code) ?? 0) > 0;
  return [
    `The branch begins with the glucose known at ${iso(plan.from)}: ${newest.mgPerDl} mg/dL at ${iso(newest.t)}.`,
    'Doses, meals and exercise recorded for the time of the branch happen as recorded, unless an arm changes them; nothing else happens.',
    has('insulin-basal-rate')
      ? 'The basal rate recorded last holds to the end.'
      : 'No basal rate is recorded: insulin in the background is what the model takes for the person at rest.',
    ...(has('carbohydrate-intake')
      ? []
      : ['No carbohydrates are recorded: meals before the branch are unknown, not taken for none eaten.']),
    parameters === null
      ? 'The parameters are those of the population: none have been fitted to this person.'
      : `The parameters were fitted to this person on data until ${iso(parameters.dataUntil)}.`,
    ...(subject.weightKg === null ? ['The body weight is unknown; the model takes its typical value.'] : []),
    'All arms use the same draws, so that differences between them are those of the changes.',
    'Illness, stress, alcohol and errors of the sensor are not simulated.',
  ];
}

function mutable(difference: ReturnType<typeof differenceOf>): Scenario['differences'][number] {
  return {
    ...difference,
    points: difference.points.map(({ minutes, mean, interval95 }) => ({ minutes, mean, interval95: [...interval95] })),
    summary: { ...difference.summary, interval95: [...difference.summary.interval95] },
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
