import type { Change, ScenarioAsked } from '#libs/contracts';
import type { RecordedValue } from '../inputs/recorded-history.js';
import { planScenario, type ScenarioPlan } from '../request/scenario-plan.js';
import type { ScenarioBranch } from './run-scenario.js';

export const FROM = Date.parse('2026-03-01T12:00:00Z');
/** A time so many minutes after the beginning of the branch. */
export const at = (minutes: number): string => new Date(FROM + minutes * 60_000).toISOString();
export const TIMES = { now: FROM + 24 * 3_600_000, known: FROM + 23 * 3_600_000 };

export function asked(
  arms: Readonly<Record<string, readonly Change[]>>,
  more: Partial<ScenarioAsked> = {},
): ScenarioAsked {
  return {
    model: 'personal-glucose',
    from: at(0),
    minutes: 180,
    stepMinutes: 15,
    draws: 20,
    arms: Object.entries(arms).map(([name, changes]) => ({ name, changes: [...changes] })),
    ...more,
  };
}

/** @throws when the request has faults */
export function planOf(...args: Parameters<typeof asked>): ScenarioPlan {
  const plan = planScenario(asked(...args), TIMES);
  if ('arms' in plan) return plan;
  throw new Error(JSON.stringify(plan));
}

export const value = (
  code: RecordedValue['code'],
  minutes: number,
  x: number,
  more: Partial<RecordedValue> = {},
): RecordedValue => ({ code, t: FROM + minutes * 60_000, x, quality: 0, source: 'pump', ...more });

/** Glucose of 150 mg/dL for two hours, a basal rate, and a meal with its bolus half an hour after the beginning. */
export const VALUES: readonly RecordedValue[] = [
  value('insulin-basal-rate', -600, 0.8),
  ...Array.from({ length: 25 }, (_, i) => value('glucose', -120 + 5 * i, 150, { source: 'sensor' })),
  value('carbohydrate-intake', 30, 60),
  value('insulin-bolus', 30, 6),
];

export function branchOf(plan: ScenarioPlan, more: Partial<ScenarioBranch> = {}): ScenarioBranch {
  return {
    tenant: 1,
    patient: 'p1',
    plan,
    subject: { ageYears: 40, isPregnant: false, weightKg: 70, parameters: null },
    parameters: null,
    values: VALUES,
    ...more,
  };
}
