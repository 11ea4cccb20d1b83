import { describe, expect, it } from '@jest/globals';
import { QUANTILE_LEVELS, type ModelForecast, type Subject } from '#libs/domain/forecasting';
import { VITAL_SIGNS } from '../features/vital-signs.js';
import { VITAL_FORECAST } from '../forecaster.js';
import { instabilityOf } from './instability.js';
import { RISK_FORECAST } from './risk-forecaster.js';
import { deteriorationRisk } from './risk.js';

const HOUR = 3_600_000;
const T0 = 1_700_000_000_000;
const ADULT: Subject = { ageYears: 60, isPregnant: false, weightKg: null, parameters: null };
const [OUTPUT] = RISK_FORECAST.outputs;

/** Twelve hourly sets, in which the pressure falls by so much an hour. */
function memoryOf(fall: number, hours = 12): unknown {
  let memory: unknown = null;
  for (let hour = 0; hour < hours; hour++)
    for (const { code, name, usual } of VITAL_SIGNS) {
      const x = name === 'systolic-pressure' ? 126 - fall * hour : usual;
      const change = { identity: `${name} ${hour}`, code, t: T0 + hour * HOUR, x };
      memory = VITAL_FORECAST.take(memory, { ...change, quality: 0, source: 'ward', isWithdrawn: false });
    }
  return memory;
}

function forecastOf(memory: unknown): ModelForecast {
  const said = RISK_FORECAST.forecast(memory, OUTPUT!.code, ADULT);
  if (said.kind === 'refused') throw new Error(said.message);
  return said;
}

describe('the forecast of deterioration', () => {
  it('is the distribution of an event with the probability of the risk, at the newest value', () => {
    for (const fall of [0, 4]) {
      const memory = memoryOf(fall);
      const risk = deteriorationRisk(memory, ADULT);
      const { issuedAt, points, inputs } = forecastOf(memory);
      const [point] = points;
      expect(risk).toMatchObject({ kind: 'risk', probability: point!.mean });
      expect(issuedAt).toBe(T0 + 11 * HOUR);
      expect(inputs).toHaveLength(VITAL_SIGNS.length);
      // A quantile is 1 where more than the rest of the probability is on 1.
      for (const level of QUANTILE_LEVELS)
        expect(point!.quantiles[level]).toBe(Number(level) > 1 - point!.mean ? 1 : 0);
      expect(point!.baselines.persistence).toBe(fall === 0 ? 0 : 1);
    }
    const [well, ill] = [0, 4].map((fall) => forecastOf(memoryOf(fall)).points[0]!.mean);
    expect(ill).toBeGreaterThan(3 * well!);
  });

  it('says that an unknown age is taken for an adult', () => {
    const assumed = 'Age is not known; an adult is assumed.';
    const unknown = RISK_FORECAST.forecast(memoryOf(0), OUTPUT!.code, { ...ADULT, ageYears: null });
    expect(unknown).toMatchObject({ explanation: expect.stringContaining(assumed) });
    expect(forecastOf(memoryOf(0)).explanation).not.toContain(assumed);
  });

  it('is refused as the risk is', () => {
    expect(RISK_FORECAST.forecast(null, OUTPUT!.code, ADULT)).toMatchObject({ kind: 'refused', reason: 'no-data' });
    const child = { ...ADULT, ageYears: 9 };
    expect(RISK_FORECAST.forecast(memoryOf(0), OUTPUT!.code, child)).toMatchObject({ reason: 'outside-population' });
  });
});

describe('what came', () => {
  const stable = new Map([[1, 80]]);
  const unstable = new Map([[1, 150]]);
  const none = new Map<number, number>();
  it.each([
    [undefined, [...Array(5).fill(unstable), ...Array(7).fill(none)]],
    [0, [unstable, ...Array(6).fill(stable), ...Array(5).fill(none)]],
    [1, [unstable, unstable, ...Array(4).fill(stable), ...Array(6).fill(none)]],
    [0, Array(12).fill(stable)],
  ])('is %s for the sets of its hours', (came, hours) => {
    expect(instabilityOf(hours as ReadonlyMap<number, number>[])).toBe(came);
  });
});
