import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { VIRTUAL_PEOPLE } from '../../uva-padova/virtual-people.js';
import { fitPersonal } from '../fit/fit.js';
import type { PersonalInputs } from '../model/inputs.js';
import { simulatedRecord } from '../simulated-record.fixture.js';
import { runArm } from './arm.js';
import { startEnsemble, type Ensemble, type EnsembleRequest } from './ensemble.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const subject = { weightKg: 78.3, ageYears: 40, isPregnant: false };
const record = simulatedRecord(VIRTUAL_PEOPLE.adult, 2);
/** After the lunch of the second day: insulin and carbohydrates are on board. */
const from = 37.5 * HOUR;

function ensemble(more: Partial<EnsembleRequest> = {}): Ensemble {
  const started = startEnsemble({ parameters: null, subject, ...record, from, draws: 12, seed: 7, ...more });
  if (started.kind === 'refused') throw new Error(started.message);
  return started;
}

function meanPath(from_: Ensemble, inputs: PersonalInputs, minutes = 360): readonly number[] {
  const arm = runArm(from_, inputs, minutes, 5);
  if (arm.kind === 'refused') throw new Error(arm.message);
  return arm.minutes.map((_, i) => arm.paths.reduce((sum, path) => sum + path[i]!, 0) / arm.paths.length);
}

function withMore(inputs: PersonalInputs, more: Partial<PersonalInputs>): PersonalInputs {
  return {
    ...inputs,
    boluses: [...inputs.boluses, ...(more.boluses ?? [])],
    carbohydrates: [...inputs.carbohydrates, ...(more.carbohydrates ?? [])],
  };
}

describe('arms of an ensemble', () => {
  const started = ensemble();
  const unchanged = meanPath(started, record.inputs);
  const later = fc.integer({ min: 0, max: 300 }).map((minute) => from + minute * MINUTE);

  it('never fall by more carbohydrates', () => {
    fc.assert(
      fc.property(later, fc.double({ min: 0.5, max: 120, noNaN: true }), (t, grams) => {
        const path = meanPath(started, withMore(record.inputs, { carbohydrates: [{ t, grams }] }));
        expect(path.every((value, i) => value >= unchanged[i]! - 1e-9)).toBe(true);
        expect(path.at(-1)! - unchanged.at(-1)!).toBeGreaterThanOrEqual(0);
      }),
      propertyRuns(15),
    );
  });

  it('never rise by more insulin', () => {
    fc.assert(
      fc.property(later, fc.double({ min: 0.1, max: 10, noNaN: true }), (t, units) => {
        const path = meanPath(started, withMore(record.inputs, { boluses: [{ t, units }] }));
        expect(path.every((value, i) => value <= unchanged[i]! + 1e-9)).toBe(true);
      }),
      propertyRuns(15),
    );
  });

  it('never rise by fewer carbohydrates', () => {
    const planned = withMore(record.inputs, { carbohydrates: [{ t: from + 20 * MINUTE, grams: 15 }] });
    const withSnack = ensemble({ inputs: planned });
    const path = meanPath(withSnack, planned);
    const without = meanPath(withSnack, record.inputs);
    expect(without.every((value, i) => value <= path[i]! + 1e-9)).toBe(true);
  });

  it('fall at once by insulin, and rise by carbohydrates, by amounts of the right size', () => {
    const lower = meanPath(started, withMore(record.inputs, { boluses: [{ t: from, units: 2 }] }));
    const higher = meanPath(started, withMore(record.inputs, { carbohydrates: [{ t: from, grams: 30 }] }));
    const most = (path: readonly number[]): number =>
      Math.max(...path.map((value, i) => Math.abs(value - unchanged[i]!)));
    expect(most(lower)).toBeGreaterThan(15);
    expect(most(lower)).toBeLessThan(120);
    expect(most(higher)).toBeGreaterThan(20);
    expect(most(higher)).toBeLessThan(150);
  });

  it('share people and errors: an arm without a change differs in nothing, by bytes', () => {
    const first = runArm(started, record.inputs, 360, 5);
    const second = runArm(ensemble(), record.inputs, 360, 5);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('have wider bands where a second sensor disagrees, and the same differences', () => {
    const doubted = ensemble({ disagreement: 60, draws: 60 });
    const trusted = ensemble({ draws: 60 });
    const more = withMore(record.inputs, { carbohydrates: [{ t: from, grams: 30 }] });
    const pathsOf = (of: Ensemble, inputs: PersonalInputs): readonly Float64Array[] => {
      const arm = runArm(of, inputs, 120, 5);
      return arm.kind === 'refused' ? [] : arm.paths;
    };
    const width = (paths: readonly Float64Array[]): number => {
      const values = paths.map((path) => path[0]!).toSorted((a, b) => a - b);
      return values[54]! - values[5]!;
    };
    const [base, with30] = [pathsOf(doubted, record.inputs), pathsOf(doubted, more)];
    // 80 % of an error of 30 mg/dL.
    expect(width(base)).toBeGreaterThan(width(pathsOf(trusted, record.inputs)) + 25);
    pathsOf(trusted, more).forEach((path, draw) => {
      const risen = path[12]! - pathsOf(trusted, record.inputs)[draw]![12]!;
      expect(with30[draw]![12]! - base[draw]![12]!).toBeCloseTo(risen, 6);
    });
  });

  it('are not changed by what lies before the branch and is over', () => {
    const history = { ...record.inputs, boluses: record.inputs.boluses.filter(({ t }) => t > from - 20 * HOUR) };
    expect(meanPath(started, history)).toEqual(unchanged);
  });

  it('lie lower with exercise', () => {
    const active = { ...record.inputs, exercise: [{ from, until: from + HOUR, percent: 60 }] };
    expect(meanPath(started, active)[12]!).toBeLessThan(unchanged[12]! - 5);
  });

  it('of a fitted person hold the truth in their bands', () => {
    const long = simulatedRecord(VIRTUAL_PEOPLE.adult, 4, 3);
    const fit = fitPersonal({ ...long, subject, fittedAt: 0, version: 1 });
    if (fit.kind === 'refused') throw new Error(fit.message);
    const branch = ensemble({ ...long, parameters: fit.parameters, from: 72 * HOUR, draws: 60 });
    const arm = runArm(branch, long.inputs, 720, 5);
    if (arm.kind === 'refused') throw new Error(arm.message);
    let inside = 0;
    for (const i of arm.minutes.keys()) {
      const values = arm.paths.map((path) => path[i]!).toSorted((a, b) => a - b);
      const truth = long.truth[72 * 12 + i]!;
      if (truth >= values[6]! && truth <= values[53]!) inside += 1;
    }
    expect(inside / arm.minutes.length).toBeGreaterThan(0.7);
    expect(branch.parameters).toBe('personal');
    const isSaid = ({ assumptions }: Ensemble): boolean =>
      assumptions.some((text) => text.includes('did not converge'));
    const estimates = { ...fit.parameters.estimates, notConverged: 1 };
    expect(isSaid(branch)).toBe(fit.parameters.estimates['notConverged'] === 1);
    expect(isSaid(ensemble({ ...long, parameters: { ...fit.parameters, estimates }, from: 72 * HOUR }))).toBe(true);
  });
});

describe('an ensemble refuses', () => {
  const asked: EnsembleRequest = { parameters: null, subject, ...record, from, draws: 5, seed: 1 };

  it.each<[string, EnsembleRequest, string]>([
    ['no glucose before the branch', { ...asked, from: -HOUR }, 'no-data'],
    ['glucose that is old', { ...asked, from: 49 * HOUR }, 'stale-data'],
    ['an hour of glucose', { ...asked, from: HOUR }, 'too-little-data'],
    ['unknown basal rates', { ...asked, inputs: { ...record.inputs, basal: [] } }, 'missing-input'],
    ['a child', { ...asked, subject: { ...subject, ageYears: 7 } }, 'outside-population'],
    ['a branch that is no time', { ...asked, from: Number.NaN }, 'outside-domain'],
  ])('%s', (_, request, reason) => {
    expect(startEnsemble(request)).toMatchObject({ kind: 'refused', reason });
  });

  it('arms with 300 [IU]', () => {
    const inputs = withMore(record.inputs, { boluses: [{ t: from, units: 300 }] });
    expect(runArm(ensemble(), inputs, 60, 5)).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
  });
});
