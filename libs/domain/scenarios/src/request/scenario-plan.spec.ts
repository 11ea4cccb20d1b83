import { describe, expect, it } from '@jest/globals';
import { ScenarioRequest, type Change } from '#libs/contracts';
import { asked, at, FROM, TIMES } from '../run/scenario-branch.fixture.js';
import { planScenario } from './scenario-plan.js';

const faultsOf = (changes: readonly Change[], more: Parameters<typeof asked>[1] = {}) => {
  const plan = planScenario(asked({ a: changes }, more), TIMES);
  return 'arms' in plan ? [] : plan.map(({ pointer, code }) => `${pointer} ${code}`);
};
const bolus = (more: object): Change =>
  ({ kind: 'insulin-bolus', at: at(10), value: 2, unit: '[IU]', ...more }) as Change;
const basal = (more: object): Change =>
  ({ kind: 'insulin-basal-rate', at: at(10), until: at(60), value: 1, unit: '[IU]/h', ...more }) as Change;

describe('planScenario', () => {
  it.each<{ what: string; faults: readonly string[]; expected: readonly string[] }>([
    { what: 'a fine request', faults: faultsOf([bolus({}), basal({})]), expected: [] },
    {
      what: 'a beginning in the future',
      faults: faultsOf([], { from: new Date(TIMES.now + 1).toISOString() }),
      expected: ['/from in-the-future'],
    },
    {
      what: 'knowledge of the future',
      faults: faultsOf([], { knownAt: new Date(TIMES.now + 1).toISOString() }),
      expected: ['/knownAt in-the-future'],
    },
    {
      what: 'steps longer than the time',
      faults: faultsOf([], { minutes: 10, stepMinutes: 15 }),
      expected: ['/stepMinutes out-of-range'],
    },
    {
      what: 'a bolus in mg',
      faults: faultsOf([bolus({ unit: 'mg' })]),
      expected: ['/arms/0/changes/0/unit unit-unknown'],
    },
    {
      what: 'a rate in units without a time',
      faults: faultsOf([basal({ unit: '[IU]' })]),
      expected: ['/arms/0/changes/0/unit unit-unknown'],
    },
    {
      what: 'a change before the branch',
      faults: faultsOf([bolus({ at: at(-1) })]),
      expected: ['/arms/0/changes/0/at before-branch'],
    },
    {
      what: 'a rate that ends before it begins',
      faults: faultsOf([basal({ until: at(5) })]),
      expected: ['/arms/0/changes/0/until out-of-range'],
    },
    {
      what: 'overlapping basal rates',
      faults: faultsOf([basal({}), basal({ at: at(30), until: at(90) })]),
      expected: ['/arms/0/changes/1 overlap'],
    },
    { what: 'rates that touch', faults: faultsOf([basal({}), basal({ at: at(60), until: at(90) })]), expected: [] },
    {
      what: 'a window that ends before it begins',
      faults: faultsOf([{ kind: 'remove', of: 'insulin-bolus', from: at(20), until: at(10) }]),
      expected: ['/arms/0/changes/0/until out-of-range'],
    },
  ])('finds in $what: $expected', ({ faults, expected }) => {
    expect(faults).toEqual(expected);
  });

  it('finds arms with the same name', () => {
    const request = asked({ a: [] });
    expect(planScenario({ ...request, arms: [...request.arms, ...request.arms] }, TIMES)).toMatchObject([
      { pointer: '/arms/1/name', code: 'duplicate' },
    ]);
  });

  it('has steps of five minutes, or of the whole time where that is shorter', () => {
    const { stepMinutes: _, ...request } = asked({ a: [] });
    for (const [minutes, stepMinutes] of [
      [1, 1],
      [3, 3],
      [5, 5],
      [60, 5],
    ] as const)
      expect(planScenario({ ...request, minutes }, TIMES)).toMatchObject({ minutes, stepMinutes });
  });

  it('begins now, or at what was known, where nothing is said', () => {
    const { from: _, ...request } = asked({ a: [] });
    expect(planScenario(request, TIMES)).toMatchObject({ from: TIMES.now, knownAt: TIMES.known, seed: 1 });
    expect(planScenario({ ...request, knownAt: at(0) }, TIMES)).toMatchObject({ from: FROM, knownAt: FROM });
  });
});

describe('ScenarioRequest', () => {
  const base = { minutes: 60, arms: [{ name: 'a' }] };
  it.each<{ what: string; request: object; pointer: string }>([
    { what: 'no arm', request: { ...base, arms: [] }, pointer: 'arms' },
    {
      what: '21 arms',
      request: { ...base, arms: Array.from({ length: 21 }, (_, i) => ({ name: `${i}` })) },
      pointer: 'arms',
    },
    { what: '1,441 minutes', request: { ...base, minutes: 1441 }, pointer: 'minutes' },
    { what: 'no minutes', request: { ...base, minutes: 0 }, pointer: 'minutes' },
    { what: '1,001 draws', request: { ...base, draws: 1001 }, pointer: 'draws' },
    { what: 'steps of 61 minutes', request: { ...base, stepMinutes: 61 }, pointer: 'stepMinutes' },
    { what: 'half a seed', request: { ...base, seed: 0.5 }, pointer: 'seed' },
    { what: 'a time without offset', request: { ...base, from: '2026-03-01T08:00:00' }, pointer: 'from' },
    { what: 'an unknown member', request: { ...base, arm: [] }, pointer: '' },
    {
      what: 'an unknown kind of change',
      request: { ...base, arms: [{ name: 'a', changes: [{ kind: 'glucagon', at: at(0), value: 1, unit: 'mg' }] }] },
      pointer: 'arms/0/changes/0/kind',
    },
    {
      what: 'a negative rate',
      request: {
        ...base,
        arms: [
          {
            name: 'a',
            changes: [{ kind: 'insulin-basal-rate', at: at(0), until: at(5), value: -1, unit: '[IU]/h' }],
          },
        ],
      },
      pointer: 'arms/0/changes/0/value',
    },
    {
      what: 'scaling of what cannot be given',
      request: { ...base, arms: [{ name: 'a', changes: [{ kind: 'scale', of: 'glucose', by: 0.5 }] }] },
      pointer: 'arms/0/changes/0/of',
    },
  ])('refuses $what at /$pointer', ({ request, pointer }) => {
    const parsed = ScenarioRequest.safeParse(request);
    expect(parsed.error?.issues.map(({ path }) => path.join('/'))).toEqual([pointer]);
  });
});
