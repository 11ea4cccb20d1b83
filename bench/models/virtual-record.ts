import { seeded } from '#libs/domain/forecasting';
import {
  basalUnitsPerHour,
  UVA_PADOVA,
  VIRTUAL_PEOPLE,
  type GlucoseReading,
  type PersonalInputs,
  type UvaPadovaState,
} from '#libs/domain/physiology';

const MINUTE = 60_000;
const DAY = 1440;

export interface VirtualRecord {
  readonly glucose: readonly GlucoseReading[];
  readonly inputs: PersonalInputs;
  readonly weightKg: number;
}

/** Days of a virtual adult on a pump from t = 0: three meals a day with boluses that miss by up to a quarter, a reading each 5 min with sensor noise. */
export function virtualRecord(days: number, seed: number): VirtualRecord {
  const person = VIRTUAL_PEOPLE.adult;
  const random = seeded(seed);
  const meals = Array.from({ length: 3 * days }, (_, i) => {
    const grams = Math.round(40 + 40 * random.uniform());
    return {
      minute: Math.floor(i / 3) * DAY + [430, 750, 1120][i % 3]! + Math.round(30 * random.uniform()),
      grams,
      units: (grams / 14) * (0.75 + 0.5 * random.uniform()),
    };
  });
  const basal = basalUnitsPerHour(person);
  const first = UVA_PADOVA.init(person);
  if ('kind' in first) throw new Error(first.message);
  let state = first;
  let noise = 0;
  const glucose: GlucoseReading[] = [];
  for (let minute = 0; minute < days * DAY; minute += 1) {
    if (minute % 5 === 0) {
      noise = 0.7 * noise + 2.9 * random.normal();
      glucose.push({ t: minute * MINUTE, mgPerDl: UVA_PADOVA.observe(person, state)['glucose']! + noise });
    }
    const meal = meals.find((each) => each.minute === minute);
    const inputs = { carbohydrates: meal?.grams ?? 0, bolus: meal?.units ?? 0, basal };
    state = UVA_PADOVA.step(person, state, inputs, 1) as UvaPadovaState;
  }
  return {
    glucose,
    inputs: {
      boluses: meals.map(({ minute, units }) => ({ t: minute * MINUTE, units })),
      carbohydrates: meals.map(({ minute, grams }) => ({ t: minute * MINUTE, grams })),
      basal: [{ from: 0, until: days * DAY * MINUTE, unitsPerHour: basal }],
      exercise: [],
    },
    weightKg: person.BW,
  };
}
