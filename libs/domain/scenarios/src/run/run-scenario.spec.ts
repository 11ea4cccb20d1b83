import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ScenarioRequest, ScenarioSchema, type Change, type Scenario } from '#libs/contracts';
import { propertyRuns } from '#libs/testing/properties';
import { LINEAR_MODEL } from './linear-model.fixture.js';
import { runScenario, type ScenarioBranch } from './run-scenario.js';
import { asked, at, branchOf, FROM, planOf, value, VALUES } from './scenario-branch.fixture.js';

function scenarioOf(branch: ScenarioBranch): Scenario {
  const outcome = runScenario(branch, LINEAR_MODEL);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome.scenario;
}

const lessBolus: Change = { kind: 'scale', of: 'insulin-bolus', by: 0.7 };

describe('runScenario', () => {
  it('answers in the form that is documented', () => {
    const scenario = scenarioOf(branchOf(planOf({ recorded: [], 'less insulin': [lessBolus] })));
    expect(ScenarioSchema.strict().parse(scenario)).toEqual(scenario);
    expect(scenario.arms.map(({ points }) => points.length)).toEqual([13, 13]);
    expect(scenario.arms[0]!.points.at(-1)).toMatchObject({ minutes: 180, effectiveAt: at(180) });
  });

  it('computes what can be computed by hand', () => {
    const still = LINEAR_MODEL.start(
      {
        subject: branchOf(planOf({ a: [] })).subject,
        parameters: null,
        glucose: [{ t: FROM, mgPerDl: 150 }],
        inputs: { boluses: [], basal: [], carbohydrates: [], exercise: [] },
        from: FROM,
      },
      20,
      1,
    );
    if ('kind' in still) throw new Error('refused');
    const bolus = { kind: 'insulin-bolus', at: at(0), value: 2, unit: 'U' } as const;
    const values = VALUES.filter(({ code }) => code === 'glucose');
    const scenario = scenarioOf(branchOf(planOf({ nothing: [], bolus: [bolus] }), { values }));
    const perUnit = still.draws.reduce((sum, draw) => sum + draw.perUnit, 0) / 20;
    const fall = 2 * perUnit * (1 - Math.exp(-3));
    expect(scenario.arms[0]!.points.at(-1)!.mean).toBe(150);
    expect(scenario.arms[1]!.points.at(-1)!.mean).toBeCloseTo(150 - fall, 1);
    expect(scenario.differences[0]).toMatchObject({ arm: 'bolus', against: 'nothing' });
    expect(scenario.differences[0]!.points.at(-1)!.mean).toBeCloseTo(-fall, 1);
    expect(scenario.arms[1]!.summary).toMatchObject({ insulin: 2, carbohydrates: 0 });
  });

  it('is refused where two sensors differ so much that nobody can say which is right', () => {
    const plan = planOf({ a: [] });
    const beside = (x: number) => branchOf(plan, { values: [...VALUES, value('glucose', -3, x, { source: 'other' })] });
    expect(runScenario(beside(260), LINEAR_MODEL)).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
    // Whichever of the two is used: of as many readings the source that sorts first or last.
    const level = (x: number, source: string) =>
      VALUES.filter(({ code }) => code === 'glucose').map((one) => ({ ...one, x, source }));
    for (const [own, other] of [
      ['a', 'z'],
      ['z', 'a'],
    ] as const) {
      const values = [...VALUES.filter(({ code }) => code !== 'glucose'), ...level(150, own), ...level(240, other)];
      const branch = branchOf(plan, { values: values.toSorted((a, b) => a.t - b.t) });
      expect(runScenario(branch, LINEAR_MODEL)).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
    }
    expect(scenarioOf(beside(200)).warnings.join()).toContain('disagree by 50 mg/dL');
    expect(scenarioOf(beside(160)).warnings.join()).not.toContain('disagree');
  });

  it('gives the same bytes for the same branch, and another id for another request, person or parameters', () => {
    const branch = branchOf(planOf({ recorded: [], less: [lessBolus] }));
    const bytes = JSON.stringify(scenarioOf(branch));
    expect(JSON.stringify(scenarioOf(structuredClone(branch)))).toBe(bytes);
    const parameters = {
      model: 'personal-glucose',
      modelVersion: '0.0.1',
      version: 3,
      fittedAt: FROM,
      dataFrom: FROM,
      dataUntil: FROM,
      estimates: {},
      spread: [],
    };
    const ids = [
      branch,
      branchOf(planOf({ recorded: [], more: [lessBolus] })),
      branchOf(planOf({ recorded: [], less: [{ ...lessBolus, by: 0.8 }] })),
      branchOf(planOf({ recorded: [], less: [lessBolus] }, { seed: 2 })),
      { ...branch, patient: 'p2' },
      { ...branch, tenant: 2 },
      { ...branch, parameters },
    ].map((one) => scenarioOf(one).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('has the same id however times and units of the same request are written', () => {
    const change = { kind: 'insulin-bolus', at: '2026-03-01T13:00:00Z', value: 2, unit: '[IU]' } as const;
    const same = { ...change, at: '2026-03-01T14:00:00+01:00', unit: 'U' };
    expect(scenarioOf(branchOf(planOf({ a: [change] }))).id).toBe(scenarioOf(branchOf(planOf({ a: [same] }))).id);
  });

  it('an arm without changes is what was recorded: whatever else is asked beside it', () => {
    const alone = scenarioOf(branchOf(planOf({ recorded: [] })));
    const beside = scenarioOf(branchOf(planOf({ recorded: [], less: [lessBolus] })));
    expect(beside.arms[0]).toEqual(alone.arms[0]);
  });

  it('more insulin never raises, and more carbohydrate never lowers, the mean path', () => {
    const amount = fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10);
    const minute = fc.integer({ min: 0, max: 170 });
    fc.assert(
      fc.property(amount, amount, minute, (less, more, minutes) => {
        const bolus = (units: number) =>
          ({ kind: 'insulin-bolus', at: at(minutes), value: units, unit: '[IU]' }) as const;
        const meal = (grams: number) =>
          ({ kind: 'carbohydrate-intake', at: at(minutes), value: grams, unit: 'g' }) as const;
        const arms = {
          'less insulin': [bolus(less)],
          'more insulin': [bolus(less), bolus(more)],
          'less carbohydrate': [meal(less)],
          'more carbohydrate': [meal(less), meal(more)],
        };
        const scenario = scenarioOf(branchOf(planOf(arms)));
        for (const [i] of scenario.arms[0]!.points.entries()) {
          const [a, b, c, d] = scenario.arms.map(({ points }) => points[i]!.mean) as [number, number, number, number];
          expect(b).toBeLessThanOrEqual(a);
          expect(d).toBeGreaterThanOrEqual(c);
        }
      }),
      propertyRuns(100),
    );
  });

  it('keeps shares within 0 and 1, quantiles ascending and the mean path between minimum and maximum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 400 }), fc.integer({ min: 0, max: 1000 }), (glucose, seed) => {
        const values = VALUES.map((one) => (one.code === 'glucose' ? { ...one, x: glucose } : one));
        const { arms } = scenarioOf(branchOf(planOf({ recorded: [], less: [lessBolus] }, { seed }), { values }));
        for (const { points, summary } of arms) {
          const shares = Object.entries(summary).filter(([name]) => /^(share|probability)/.test(name));
          expect(shares).toHaveLength(7);
          for (const [, x] of shares) expect(Number(x) >= 0 && Number(x) <= 1).toBe(true);
          expect(summary.minimum).toBe(Math.min(...points.map(({ mean }) => mean)));
          expect(summary.maximum).toBe(Math.max(...points.map(({ mean }) => mean)));
          for (const { quantiles } of points)
            expect(Object.values(quantiles)).toEqual(Object.values(quantiles).toSorted((a, b) => a - b));
        }
      }),
      propertyRuns(50),
    );
  });

  it('uses what was known and nothing measured after the beginning', () => {
    const later = [...VALUES, value('glucose', 5, 400, { source: 'sensor' })];
    const plan = planOf({ recorded: [] });
    expect(scenarioOf(branchOf(plan, { values: later })).arms).toEqual(scenarioOf(branchOf(plan)).arms);
  });

  it.each<{ what: string; branch: ScenarioBranch; reason: string }>([
    { what: 'no glucose', branch: branchOf(planOf({ a: [] }), { values: [] }), reason: 'no-data' },
    {
      what: 'glucose of bad quality only',
      branch: branchOf(planOf({ a: [] }), { values: VALUES.map((one) => ({ ...one, quality: 2 as const })) }),
      reason: 'no-data',
    },
    {
      what: 'stale glucose',
      branch: branchOf(planOf({ a: [] }), { values: VALUES.map((one) => ({ ...one, t: one.t - 3_600_000 })) }),
      reason: 'stale-data',
    },
    {
      what: 'a pregnant person',
      branch: branchOf(planOf({ a: [] }), {
        subject: { ageYears: 30, isPregnant: true, weightKg: null, parameters: null },
      }),
      reason: 'outside-population',
    },
    {
      what: 'a bolus of 300 units',
      branch: branchOf(planOf({ a: [{ kind: 'insulin-bolus', at: at(0), value: 300, unit: '[IU]' }] })),
      reason: 'outside-domain',
    },
    {
      what: 'a shift to before the beginning',
      branch: branchOf(planOf({ a: [{ kind: 'shift', of: 'insulin-bolus', byMinutes: -45 }] })),
      reason: 'outside-domain',
    },
  ])('refuses $what as $reason', ({ branch, reason }) => {
    expect(runScenario(branch, LINEAR_MODEL)).toMatchObject({ kind: 'refused', reason });
  });

  it('warns of a change that meets nothing, and of sensors that disagree', () => {
    const other = value('glucose', -5, 220, { source: 'second sensor' });
    const plan = planOf({ a: [{ kind: 'remove', of: 'exercise-intensity' }] });
    expect(scenarioOf(branchOf(plan, { values: [...VALUES, other] })).warnings).toEqual([
      'Two glucose sources disagree by 70 mg/dL, more than 21 %, in the last 30 minutes; the one with more readings is used, and the bands are wider.',
      'Arm "a": there is no exercise-intensity in that time to remove; it changes nothing.',
    ]);
  });

  it('takes the request as the schema gives it', () => {
    const request = { minutes: 60, arms: [{ name: 'a' }] };
    expect(ScenarioRequest.parse(request)).toEqual({
      model: 'personal-glucose',
      minutes: 60,
      draws: 100,
      arms: [{ name: 'a', changes: [] }],
    });
    expect(ScenarioRequest.parse(asked({ a: [lessBolus] })).arms).toHaveLength(1);
  });
});
