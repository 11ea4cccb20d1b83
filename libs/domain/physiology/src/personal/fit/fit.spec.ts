import { describe, expect, it } from '@jest/globals';
import { VIRTUAL_PEOPLE } from '../../uva-padova/virtual-people.js';
import type { PersonalInputs } from '../model/inputs.js';
import { simulatedRecord } from '../simulated-record.fixture.js';
import { fitPersonal, type FitRequest } from './fit.js';

const HOUR = 3_600_000;
const subject = { weightKg: 78.3, ageYears: 40, isPregnant: false };

function request(days: number, more: Partial<FitRequest> = {}): FitRequest {
  const { glucose, inputs } = simulatedRecord(VIRTUAL_PEOPLE['adult-sensitive'], days);
  return { glucose, inputs, subject: { ...subject, weightKg: 64 }, fittedAt: days * 24 * HOUR, version: 1, ...more };
}

function withInputs(more: Partial<PersonalInputs>): FitRequest {
  const whole = request(2);
  return { ...whole, inputs: { ...whole.inputs, ...more } };
}

describe('a fit to a person', () => {
  const whole = request(3);
  const fit = fitPersonal(whole);
  if (fit.kind === 'refused') throw new Error(fit.message);

  it('leaves no more than the noise of the sensor', () => {
    expect(fit.fit.rmse).toBeLessThan(4.8);
    expect(fit.fit.mard).toBeLessThan(3.5);
  });

  it('finds insulin sensitivity in its interval', () => {
    const { u2ss, BW } = fit.parameters.estimates;
    expect(u2ss! * BW!).toBeCloseTo(1.25 * 64, 6);
    const glucoseAtRest = fit.report.find(({ name }) => name === 'Gb')!;
    expect(Math.abs(glucoseAtRest.estimate - 138)).toBeLessThan(8);
    expect(glucoseAtRest.source).toBe('fitted');
    for (const { interval95, estimate, sd } of fit.report) {
      expect(interval95[0]).toBeLessThan(estimate);
      expect(interval95[1]).toBeGreaterThan(estimate);
      expect(sd).toBeGreaterThan(0);
    }
  });

  it('states why a parameter has the value of the population', () => {
    for (const { source, reason } of fit.report) expect(reason !== undefined).toBe(source === 'population');
  });

  it('gives the same bytes again', () => {
    expect(JSON.stringify(fitPersonal(whole))).toBe(JSON.stringify(fit));
  });

  it('does not depend on the order in which readings, doses and meals are given', () => {
    const { glucose, inputs } = whole;
    const turned = {
      boluses: inputs.boluses.toReversed(),
      carbohydrates: inputs.carbohydrates.toReversed(),
      basal: inputs.basal.toReversed(),
      exercise: [],
    };
    const again = fitPersonal({ ...whole, glucose: glucose.toReversed(), inputs: turned });
    expect(JSON.stringify(again)).toBe(JSON.stringify(fit));
  });

  it('starts from an earlier fit', () => {
    const again = fitPersonal({ ...whole, previous: fit.parameters, version: 2 });
    expect(again.kind).toBe('fitted');
    if (again.kind === 'fitted') expect(Math.abs(again.fit.rmse - fit.fit.rmse)).toBeLessThan(0.2);
  });

  it('uses the newest 14 days', () => {
    const long = fitPersonal(request(15));
    expect(long.kind === 'fitted' && long.parameters.dataUntil - long.parameters.dataFrom).toBeLessThanOrEqual(
      14 * 24 * HOUR,
    );
  });
});

describe('a fit refuses', () => {
  it.each<[string, FitRequest, string]>([
    ['no glucose', { ...request(1), glucose: [] }, 'no-data'],
    ['some hours of glucose', { ...request(1), glucose: request(1).glucose.slice(0, 100) }, 'too-little-data'],
    ['an unknown basal rate', withInputs({ basal: [] }), 'missing-input'],
    ['a child', request(1, { subject: { ...subject, ageYears: 9 } }), 'outside-population'],
    ['pregnancy', request(1, { subject: { ...subject, isPregnant: true } }), 'outside-population'],
    ['a bolus of 300 [IU]', withInputs({ boluses: [{ t: HOUR, units: 300 }] }), 'outside-domain'],
    ['a bolus that is no number', withInputs({ boluses: [{ t: HOUR, units: Number.NaN }] }), 'outside-domain'],
    [
      'a negative basal rate',
      withInputs({ basal: [{ from: 0, until: 48 * HOUR, unitsPerHour: -1 }] }),
      'outside-domain',
    ],
    [
      'basal rates that overlap',
      withInputs({
        basal: [
          { from: 0, until: 30 * HOUR, unitsPerHour: 1 },
          { from: 29 * HOUR, until: 48 * HOUR, unitsPerHour: 1 },
        ],
      }),
      'outside-domain',
    ],
    ['glucose of 0', { ...request(1), glucose: [{ t: 0, mgPerDl: 0 }] }, 'outside-domain'],
  ])('%s', (_, asked, reason) => {
    expect(fitPersonal(asked)).toMatchObject({ kind: 'refused', reason });
  });

  it('one meal or dose beyond the limits, with its time', () => {
    const said = (over: Parameters<typeof withInputs>[0]) => {
      const outcome = fitPersonal(withInputs(over));
      return outcome.kind === 'refused' ? outcome.message : undefined;
    };
    expect(said({ carbohydrates: [{ t: HOUR, grams: 900 }] })).toBe(
      'A meal must be a number from 0 to 400 g; that of 1970-01-01T01:00:00.000Z is not.',
    );
    expect(said({ boluses: [{ t: Number.NaN, units: 1 }] })).toBe('A bolus must be a number from 0 to 60 [IU].');
  });

  it('nothing where the model does not explain the record, and shows it in the noise', () => {
    // A square wave of glucose that no insulin or meal explains.
    const glucose = request(2).glucose.map(({ t }) => ({
      t,
      mgPerDl: Math.floor(t / (3 * HOUR)) % 2 === 0 ? 90 : 260,
    }));
    const fit = fitPersonal({ ...request(2), glucose });
    expect(fit.kind).toBe('fitted');
    if (fit.kind === 'fitted') expect(fit.parameters.estimates['noiseSd']).toBeGreaterThan(8);
  });
});
