import { seeded } from '#libs/domain/forecasting';
import { basalUnitsPerHour, type UvaPadovaParameters } from '../uva-padova/parameters.js';
import { UVA_PADOVA, type UvaPadovaState } from '../uva-padova/simulation.js';
import type { GlucoseReading, PersonalInputs } from './model/inputs.js';

const MINUTE = 60_000;
const DAY = 1440;

export interface SimulatedRecord {
  readonly glucose: readonly GlucoseReading[];
  readonly inputs: PersonalInputs;
  /** Without noise, mg/dL, each 5 min from 0. */
  readonly truth: readonly number[];
}

/** Days of a virtual person on a pump from t = 0: three meals a day, boluses that miss by up to a quarter, sensor noise. */
export function simulatedRecord(person: UvaPadovaParameters, days: number, seed = 1): SimulatedRecord {
  const random = seeded(seed);
  const meals: { minute: number; grams: number; units: number }[] = [];
  for (let day = 0; day < days; day += 1)
    for (const [at, usual] of [
      [430, 45],
      [750, 65],
      [1120, 70],
    ] as const) {
      const grams = Math.round(usual * (0.75 + 0.5 * random.uniform()));
      meals.push({
        minute: day * DAY + at + Math.round(30 * random.uniform()),
        grams,
        units: (grams / 14) * (0.75 + 0.5 * random.uniform()),
      });
    }
  const basal = basalUnitsPerHour(person);
  const inputs: PersonalInputs = {
    boluses: meals.map(({ minute, units }) => ({ t: minute * MINUTE, units })),
    carbohydrates: meals.map(({ minute, grams }) => ({ t: minute * MINUTE, grams })),
    basal: [{ from: 0, until: days * DAY * MINUTE, unitsPerHour: basal }],
    exercise: [],
  };
  let state = UVA_PADOVA.init(person) as UvaPadovaState;
  let noise = 0;
  const glucose: GlucoseReading[] = [];
  const truth: number[] = [];
  for (let minute = 0; minute < days * DAY; minute += 1) {
    if (minute % 5 === 0) {
      noise = 0.7 * noise + Math.sqrt(1 - 0.49) * 4 * random.normal();
      truth.push(UVA_PADOVA.observe(person, state)['glucose']!);
      glucose.push({ t: minute * MINUTE, mgPerDl: truth.at(-1)! + noise });
    }
    const meal = meals.find((each) => each.minute === minute);
    const inputs = { carbohydrates: meal?.grams ?? 0, bolus: meal?.units ?? 0, basal };
    state = UVA_PADOVA.step(person, state, inputs, 1) as UvaPadovaState;
  }
  return { glucose, inputs, truth };
}
