import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RAILS, type Rail } from '#libs/contracts';
import { metInRuns, propertyRuns } from '#libs/testing/properties';
import { levelModel, NOW, proposalCase, readings, value } from './proposal-case.fixture.js';
import { propose, type Suggestion } from './propose.js';

function suggestionOf(...args: Parameters<typeof proposalCase>): Suggestion {
  return suggestionBy(levelModel(), ...args);
}

function suggestionBy(model: ReturnType<typeof levelModel>, ...args: Parameters<typeof proposalCase>): Suggestion {
  const outcome = propose(proposalCase(...args), model);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome;
}

const broken = ({ checks }: Suggestion): readonly Rail[] => checks.filter(({ held }) => !held).map(({ rail }) => rail);
const therapy = proposalCase().therapy;

describe('an insulin bolus', () => {
  it('is what the formula gives where every rail holds', () => {
    const suggestion = suggestionOf({ carbohydrates: 30 });
    // 30 / 10 + (180 − 110) / 40 = 4.75, which the meal carries.
    expect(suggestion).toMatchObject({ status: 'proposed', value: 4.75, unit: '[IU]', expiresAt: NOW + 13 * 60_000 });
    expect(suggestion.checks.map(({ rail }) => rail)).toEqual([...RAILS]);
    expect(broken(suggestion)).toEqual([]);
    expect(suggestion.foreseen?.scenario.arms.map(({ name }) => name)).toEqual(['nothing', 'proposed']);
    expect(suggestion.foreseen?.scenario.arms[1]!.summary).toMatchObject({ carbohydrates: 30 });
  });

  it('counts the insulin on board', () => {
    const bolus = value('insulin-bolus', 60, 2);
    const suggestion = suggestionOf({ carbohydrates: 30 }, [...readings(180), bolus]);
    const { insulinOnBoard } = suggestion.basis;
    expect(insulinOnBoard).toBeGreaterThan(1);
    expect(insulinOnBoard).toBeLessThan(2);
    expect(suggestion.value).toBeCloseTo(Math.floor((4.75 - insulinOnBoard!) * 20) / 20, 9);
  });

  it('says what was decided on before and is not recorded as given', () => {
    const decided = [{ t: NOW - 5 * 60_000, units: 2 }];
    const unknown = suggestionOf({ carbohydrates: 30, decided });
    expect(unknown.basis['insulinNotRecorded']).toBe(2);
    expect(unknown.reasons.join(' ')).toContain('2 [IU] that are not recorded as given');
    const recorded = suggestionOf({ carbohydrates: 30, decided }, [...readings(180), value('insulin-bolus', 4, 2)]);
    expect(recorded.basis).not.toHaveProperty('insulinNotRecorded');
    const twice = [...decided, { t: NOW - 6 * 60_000, units: 2 }];
    const half = suggestionOf({ carbohydrates: 30, decided: twice }, [...readings(180), value('insulin-bolus', 4, 3)]);
    expect(half.basis['insulinNotRecorded']).toBe(1);
    expect(half.reasons.join(' ')).toContain('1 [IU] that are not recorded as given');
  });

  it('counts a bolus that is recorded for later whole', () => {
    const suggestion = suggestionOf({ carbohydrates: 30 }, [...readings(180), value('insulin-bolus', -8, 2)]);
    const before = suggestionOf({ carbohydrates: 30 }).basis;
    expect(suggestion.basis.insulinOnBoard).toBeCloseTo(before.insulinOnBoard! + 2, 9);
    expect(suggestion.basis.insulinOfDay).toBeCloseTo(before.insulinOfDay! + 2, 9);
    expect(suggestion.value).toBeLessThanOrEqual(2.75);
  });

  it.each<{ rail: Rail; more: Parameters<typeof suggestionOf> }>([
    { rail: 'maximum-bolus', more: [{ carbohydrates: 60, therapy: { ...therapy, maximumBolus: 3 } }] },
    { rail: 'insulin-on-board', more: [{ carbohydrates: 60, therapy: { ...therapy, maximumInsulinOnBoard: 3 } }] },
    { rail: 'daily-maximum', more: [{ carbohydrates: 60, therapy: { ...therapy, dailyMaximum: 27 } }] },
  ])('is limited by $rail, which is said', ({ rail, more }) => {
    const suggestion = suggestionOf(...more);
    expect([suggestion.status, suggestion.value]).toEqual(['proposed', 3]);
    expect(broken(suggestion)).toEqual([]);
    expect(suggestion.reasons.join(' ')).toContain(`Limited to 3 [IU] by ${rail}.`);
  });

  it('is reduced until the 5 % quantile of four hours stays at 70 mg/dL', () => {
    // Without a meal 1.75 [IU] would bring the lowest draws to 180 − 10 − 70 = 100; a factor of 25 asks for 2.8, which brings them under 70.
    const suggestion = suggestionOf({ therapy: { ...therapy, correctionFactor: 25 } });
    expect(suggestion.status).toBe('proposed');
    expect(suggestion.value).toBeLessThan(2.8);
    expect(suggestion.value).toBeGreaterThanOrEqual(2.45);
    const simulated = suggestion.checks.find(({ rail }) => rail === 'simulated-low')!;
    expect(simulated.value).toBeGreaterThanOrEqual(70);
    expect(simulated.value).toBeLessThan(72.5);
  });

  it.each<{ rail: Rail; what: string; suggestion: Suggestion }>([
    {
      rail: 'fresh-data',
      what: 'readings that ended 13 minutes ago',
      suggestion: suggestionOf({ now: NOW + 11 * 60_000 }),
    },
    {
      rail: 'quality',
      what: 'a single reading',
      suggestion: suggestionOf({}, [value('glucose', 2, 180)]),
    },
    {
      rail: 'quality',
      what: 'a newest reading of doubtful quality (compression)',
      suggestion: suggestionOf({}, [...readings(180), value('glucose', 1, 178, { quality: 1, source: 'sensor' })]),
    },
    { rail: 'quality', what: 'readings that do not change', suggestion: suggestionOf({}, readings(180, 0)) },
    {
      rail: 'quality',
      what: 'noise',
      suggestion: suggestionOf(
        {},
        readings(180).map((one, i) => ({ ...one, x: one.x + (i % 2) * 20 })),
      ),
    },
    {
      rail: 'quality',
      what: 'two sensors that disagree',
      suggestion: suggestionOf({}, [...readings(180), value('glucose', 3, 90, { source: 'other' })]),
    },
    { rail: 'not-low', what: '69 mg/dL', suggestion: suggestionOf({}, readings(69)) },
    { rail: 'not-falling', what: 'a fall of 2 mg/dL/min', suggestion: suggestionOf({}, readings(180, -2)) },
    {
      rail: 'predicted-low',
      what: '65 mg/dL within an hour',
      suggestion: suggestionBy(levelModel(-25), {}, readings(90)),
    },
    {
      rail: 'predicted-low',
      what: '69.96 mg/dL within an hour, which is not rounded up to 70',
      suggestion: suggestionBy(levelModel(-20.04), {}, readings(90)),
    },
    {
      rail: 'predicted-low',
      what: '68 mg/dL within an hour by the forecast of the stream',
      suggestion: suggestionOf({ forecast: { isDemoted: false, lowestMean60: 68 } }),
    },
    {
      rail: 'predicted-low',
      what: 'a forecast that was demoted for the person',
      suggestion: suggestionOf({ forecast: { isDemoted: true, lowestMean60: 180 } }),
    },
    {
      rail: 'insulin-on-board',
      what: 'the most insulin on board already',
      suggestion: suggestionOf({ carbohydrates: 60, therapy: { ...therapy, maximumInsulinOnBoard: 1 } }, [
        ...readings(180),
        value('insulin-bolus', 10, 2),
      ]),
    },
    {
      rail: 'daily-maximum',
      what: 'the most insulin of a day already',
      suggestion: suggestionOf({ carbohydrates: 60, therapy: { ...therapy, dailyMaximum: 20 } }),
    },
    {
      rail: 'simulated-low',
      what: 'a fall to under 70 mg/dL within four hours whatever is given',
      suggestion: suggestionBy(levelModel(-30), {}, readings(130)),
    },
  ])('is none with $what: $rail', ({ rail, suggestion }) => {
    expect(suggestion.status).toBe('none');
    expect(suggestion.value).toBeUndefined();
    expect(broken(suggestion)).toContain(rail);
    expect(suggestion.reasons.join(' ')).toContain(`${rail}:`);
    expect(suggestion.checks.map((check) => check.rail)).toEqual([...RAILS]);
  });

  it('has a rate of change also where two readings have the same time', () => {
    const twice = suggestionOf({}, [...readings(180), value('glucose', 2, 181, { source: 'sensor' })]);
    expect(twice.basis['rate']).toBeCloseTo(2 / 15, 2);
    const only = [2, 2, 2].map((ago, i) => value('glucose', ago, 180 + i, { source: 'sensor' }));
    const unknown = suggestionOf({}, only);
    expect(unknown.checks.find(({ rail }) => rail === 'not-falling')).toMatchObject({ held: false, value: null });
    expect(unknown.reasons.join(' ')).toContain('the rate of change is unknown');
  });

  it('is none, with every rail held, where none is needed', () => {
    const suggestion = suggestionOf({}, readings(100));
    expect([suggestion.status, broken(suggestion)]).toEqual(['none', []]);
    expect(suggestion.reasons).toEqual(['No insulin is needed by ratio, factor, target and insulin on board.']);
  });

  it('is refused where the model refuses, and where nothing is known', () => {
    const { person } = proposalCase();
    const pregnant = { ...person, subject: { ...person.subject, isPregnant: true } };
    expect(propose(proposalCase({ person: pregnant }), levelModel())).toMatchObject({ reason: 'outside-population' });
    expect(propose(proposalCase({ person: { ...person, values: [] } }), levelModel())).toMatchObject({
      reason: 'no-data',
    });
  });

  it('never breaks a rail, never rounds up and is never more for more insulin on board', () => {
    const situation = fc.record({
      glucose: fc.integer({ min: 60, max: 350 }),
      slope: fc.integer({ min: -25, max: 20 }).map((tenths) => tenths / 10),
      drift: fc.integer({ min: -30, max: 60 }),
      carbohydrates: fc.integer({ min: 0, max: 150 }),
      factor: fc.integer({ min: 10, max: 100 }),
      maximumBolus: fc.integer({ min: 1, max: 20 }),
      maximumInsulinOnBoard: fc.integer({ min: 1, max: 20 }),
      before: fc.integer({ min: 0, max: 8 }),
    });
    let proposed = 0;
    fc.assert(
      fc.property(situation, ({ glucose, slope, drift, carbohydrates, factor, before, ...limits }) => {
        const settings = { ...therapy, ...limits, correctionFactor: factor };
        const bolus = value('insulin-bolus', 45, before);
        const of = (values: Parameters<typeof proposalCase>[1]): Suggestion =>
          suggestionBy(levelModel(drift), { carbohydrates, therapy: settings }, values);
        const suggestion = of([...readings(glucose, slope), bolus]);
        if (suggestion.status === 'none') {
          expect(suggestion.value).toBeUndefined();
          expect(suggestion.reasons.length).toBeGreaterThan(0);
          return;
        }
        proposed += 1;
        const { value: dose = Number.NaN, basis } = suggestion;
        expect(broken(suggestion)).toEqual([]);
        const needed = carbohydrates / 10 + (basis['glucose']! - 110) / factor - basis['insulinOnBoard']!;
        expect(dose).toBeGreaterThan(0);
        expect(dose).toBeLessThanOrEqual(needed);
        expect(dose).toBeLessThanOrEqual(limits.maximumBolus);
        expect(dose + basis['insulinOnBoard']!).toBeLessThanOrEqual(limits.maximumInsulinOnBoard + 1e-9);
        expect(glucose).toBeGreaterThanOrEqual(70);
        const less = of([...readings(glucose, slope), { ...bolus, x: 0 }]);
        expect(less.value).toBeGreaterThanOrEqual(dose);
      }),
      propertyRuns(200),
    );
    expect(proposed).toBeGreaterThan(metInRuns(10));
  });
});

describe('carbohydrates', () => {
  const carbohydrate = { kind: 'carbohydrate-intake' } as const;
  it('are suggested where glucose is low or predicted to be', () => {
    expect(suggestionOf(carbohydrate, readings(62, -0.5))).toMatchObject({ status: 'proposed', value: 15, unit: 'g' });
    expect(suggestionBy(levelModel(-30), carbohydrate, readings(90, -0.5))).toMatchObject({
      status: 'proposed',
      unit: 'g',
    });
  });

  it('are suggested also while glucose falls fast: only data that are old or unreliable stand against it', () => {
    expect(suggestionOf(carbohydrate, readings(62, -3)).status).toBe('proposed');
    expect(suggestionOf({ ...carbohydrate, now: NOW + 11 * 60_000 }, readings(62)).status).toBe('none');
  });

  it('are none where glucose is not low', () => {
    expect(suggestionOf(carbohydrate).status).toBe('none');
  });

  it('are less by what is about to be eaten, and none where that is enough', () => {
    const eating = (carbohydrates: number): Suggestion =>
      suggestionOf({ ...carbohydrate, carbohydrates }, readings(62, -0.5));
    const some = eating(6);
    expect([some.value, some.reasons.join(' ')]).toEqual([9, expect.stringContaining('6 g are about to be eaten')]);
    expect(some.foreseen?.scenario.arms.map(({ summary }) => summary.carbohydrates)).toEqual([6, 15]);
    for (const enough of [15, 60])
      expect(eating(enough)).toMatchObject({
        status: 'none',
        reasons: [
          'not-low: glucose is 62 mg/dL, under 70.',
          'predicted-low: 62 mg/dL is predicted within 60 minutes.',
          `15 g would be suggested, but ${enough} g are about to be eaten.`,
          'Check again after 15 minutes.',
        ],
      });
  });

  it('are at most 30 g at once', () => {
    const suggestion = suggestionOf({ ...carbohydrate, therapy: { ...therapy, carbRatio: 60 } }, readings(45));
    expect(suggestion.value).toBe(30);
  });
});
