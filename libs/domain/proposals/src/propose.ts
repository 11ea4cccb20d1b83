import { refuse, type ModelRefusal } from '#libs/domain/forecasting';
import {
  isRefusal,
  readingsOfMainSource,
  recordedHistory,
  runScenario,
  sensorsDisagree,
  type ScenarioModel,
  type ScenarioPlan,
} from '#libs/domain/scenarios';
import type { Scenario } from '#libs/contracts';
import { proposeCarbohydrates } from './dose/carbohydrate-proposal.js';
import { proposeInsulin } from './dose/insulin-proposal.js';
import { insulinOf } from './dose/insulin-of-day.js';
import { notRecorded } from './dose/not-recorded.js';
import { planOf, simulationOf } from './dose/simulation.js';
import type { Check } from './rails/check.js';
import { judgeReadings } from './rails/state-rails.js';
import type { ProposalCase } from './proposal-case.js';

export interface Suggestion {
  readonly kind: 'suggestion';
  readonly status: 'proposed' | 'none';
  readonly value?: number;
  readonly unit?: '[IU]' | 'g';
  readonly reasons: readonly string[];
  readonly checks: readonly Check[];
  readonly basis: Readonly<Record<string, number | null>>;
  /** ms: 15 minutes after the newest reading. */
  readonly expiresAt: number;
  /** What is predicted with and without it; null: nothing was simulated, because the state forbids a suggestion. */
  readonly foreseen: { readonly plan: ScenarioPlan; readonly scenario: Scenario } | null;
}

const MINUTE = 60_000;
/** A suggestion rests on the newest reading; older than this it rests on nothing. */
const EXPIRES_AFTER = 15 * MINUTE;

/**
 * A suggestion for a clinician, or none with its reasons; never an order. Every rail is judged and named. What cannot be judged does not hold.
 */
export function propose<Ensemble>(one: ProposalCase, model: ScenarioModel<Ensemble>): Suggestion | ModelRefusal {
  const { person, now, kind } = one;
  const readings = readingsOfMainSource(person.values, now);
  const newest = readings.at(-1);
  if (newest === undefined) return refuse('no-data', 'No glucose reading is known.');
  const state = judgeReadings(readings, now, sensorsDisagree(person.values, now));
  const expiresAt = newest.t + EXPIRES_AFTER;
  const history = recordedHistory(person.values, now, now + 240 * MINUTE);
  if (isRefusal(history)) return history;
  const insulin = insulinOf(history.inputs, now);
  const missing = notRecorded(one.decided, history.inputs);
  const basis = {
    glucose: state.glucose,
    rate: state.rate === null ? null : Math.round(state.rate * 100) / 100,
    target: one.target,
    carbohydrates: one.carbohydrates,
    insulinOnBoard: insulin.onBoard,
    insulinOfDay: insulin.ofDay,
    ...(missing > 0 ? { insulinNotRecorded: missing } : {}),
    carbRatio: one.therapy.carbRatio,
    correctionFactor: one.therapy.correctionFactor,
  };
  const simulation = simulationOf(one, history, model);
  const given = { one, state, insulin, missing, simulation };
  const drafted = kind === 'insulin-bolus' ? proposeInsulin(given) : proposeCarbohydrates(given);
  if (isRefusal(drafted)) return drafted;
  const { simulated, ...draft } = drafted;
  const suggestion = { kind: 'suggestion', ...draft, basis: { ...basis, ...simulated }, expiresAt } as const;
  if (simulated === undefined) return { ...suggestion, foreseen: null };
  const plan = planOf(one, model.id, draft.value);
  const outcome = runScenario({ ...person, plan }, model);
  if (outcome.kind === 'refused') return outcome;
  return { ...suggestion, foreseen: { plan, scenario: outcome.scenario } };
}
