import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Change, Scenario } from '#libs/contracts';
import { runArm, startEnsemble } from '#libs/domain/physiology';
import { planScenario, recordedHistory, type RecordedValue, type ScenarioBranch } from '#libs/domain/scenarios';
import { propertyRuns } from '#libs/testing/properties';
import { compute } from './model-tasks.js';
import { recordUntil } from './pump-record.fixture.js';

const MINUTE = 60_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const FROM = NOW - 180 * MINUTE;
const VALUES = recordUntil(NOW, 1)
  .map(({ code, t, x }): RecordedValue => ({ code, t, x, quality: 0, source: 'pump' }))
  .toSorted((a, b) => a.t - b.t);
const subject = { ageYears: 40, isPregnant: false, weightKg: 78, parameters: null };

function branchOf(arms: Readonly<Record<string, readonly Change[]>>): ScenarioBranch {
  const asked = {
    model: 'personal-glucose',
    from: new Date(FROM).toISOString(),
    minutes: 240,
    stepMinutes: 30,
    draws: 10,
    arms: Object.entries(arms).map(([name, changes]) => ({ name, changes: [...changes] })),
  };
  const plan = planScenario(asked, { now: NOW, known: NOW });
  if (!('arms' in plan)) throw new Error(JSON.stringify(plan));
  return { tenant: 1, patient: 'p1', plan, subject, parameters: null, values: VALUES };
}

function scenarioOf(arms: Readonly<Record<string, readonly Change[]>>): Scenario {
  const outcome = compute({ kind: 'scenario', branch: branchOf(arms) });
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome.scenario;
}

describe('scenarios of the model fitted to a person', () => {
  it('without a change are what the model itself simulates from what was recorded', () => {
    const history = recordedHistory(VALUES, FROM, FROM + 240 * MINUTE);
    if ('kind' in history) throw new Error(history.message);
    const { glucose, inputs } = history;
    const started = startEnsemble({ parameters: null, subject, glucose, inputs, from: FROM, draws: 10, seed: 1 });
    if (started.kind === 'refused') throw new Error(started.message);
    const arm = runArm(started, inputs, 240, 30);
    if (arm.kind === 'refused') throw new Error(arm.message);
    const means = arm.minutes.map((_, i) => arm.paths.reduce((sum, path) => sum + path[i]!, 0) / arm.paths.length);
    const { points } = scenarioOf({ recorded: [] }).arms[0]!;
    expect(points.map(({ minutes }) => minutes)).toEqual(arm.minutes);
    for (const [i, { mean }] of points.entries()) expect(mean).toBeCloseTo(means[i]!, 1);
  });

  it('are the same bytes each time', () => {
    const arms = { recorded: [], less: [{ kind: 'scale', of: 'insulin-bolus', by: 0.7 }] } as const;
    expect(JSON.stringify(scenarioOf(arms))).toBe(JSON.stringify(scenarioOf(arms)));
  });

  it('are never raised by insulin and never lowered by carbohydrates added to what was recorded', () => {
    const minute = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(minute, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 5, max: 90 }), (minutes, units, grams) => {
        const at = new Date(FROM + minutes * MINUTE).toISOString();
        const { arms } = scenarioOf({
          recorded: [],
          'more insulin': [{ kind: 'insulin-bolus', at, value: units, unit: 'U' }],
          'more carbohydrates': [{ kind: 'carbohydrate-intake', at, value: grams, unit: 'g' }],
        });
        for (const [i, { mean }] of arms[0]!.points.entries()) {
          expect(arms[1]!.points[i]!.mean).toBeLessThanOrEqual(mean + 0.01);
          expect(arms[2]!.points[i]!.mean).toBeGreaterThanOrEqual(mean - 0.01);
        }
      }),
      propertyRuns(10),
    );
  });
});
