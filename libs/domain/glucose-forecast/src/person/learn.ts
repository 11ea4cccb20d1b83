import { adapted } from '#libs/domain/forecasting';
import { given, meanRate } from '../features/doses.js';
import type { Memory, Reading } from '../memory/memory.js';
import { chosenSensor } from '../memory/sensor.js';
import { HORIZONS, MINUTES } from '../model/model.js';
import { counted, STRANGER, type Person } from './person.js';
import { summed } from './regression.js';
import { situationAt, type Situation } from './situation.js';

const MINUTE = 60_000;
/** Values up to this late still count in what is learned, whatever the order in which they came. */
const LATENESS = 15 * MINUTE;
/** A reading has settled when the last value of its forecast is there, and late ones had their time. */
export const SETTLED_AFTER = 120 * MINUTE + LATENESS;
/** Errors of neighbouring readings are nearly the same: one in 15 min is learned from. */
const APART = 14.5 * MINUTE;
const TOLERANCE = 2.5 * MINUTE;
/** Of the bands: chosen with the weights (`tools/fit/glucose-forecast`). */
const RATES = { rate: 0.02, shrinkage: 0.0005 };

/**
 * The memory with what follows from readings that have settled. Readings are taken in the order of time, once each, so that what is learned depends on what is
 * retained and not on the order in which it came.
 */
export function learned(memory: Memory): Memory {
  const newest = memory.glucose.at(-1);
  if (newest === undefined) return memory;
  const until = newest.t - SETTLED_AFTER;
  const next = (memory.person?.until ?? Number.NEGATIVE_INFINITY) + APART;
  if (!memory.glucose.some(({ t }) => t >= next && t <= until)) return memory;
  const readings = chosenSensor(memory)!.readings;
  let current = memory;
  for (const [i, reading] of readings.entries()) {
    if (reading.t > until) break;
    if (reading.q !== 0 || reading.t < (current.person?.until ?? Number.NEGATIVE_INFINITY) + APART) continue;
    current = { ...current, person: learnedFrom(current, readings, i) };
  }
  return current;
}

function learnedFrom(memory: Memory, readings: readonly Reading[], index: number): Person {
  const person = memory.person ?? STRANGER;
  const { t, x } = readings[index]!;
  const minutes = person.until === 0 ? 0 : (t - person.until) / MINUTE;
  const bolus = given(
    memory.boluses.filter((dose) => dose.t <= t),
    t,
    minutes,
  );
  const basal = meanRate(memory.basal, t, 30);
  const statistics = counted(person, x, { bolus, days: minutes / 1440, basal });
  const situation = situationAt(memory, readings, index);
  if (situation === undefined) return { ...person, ...statistics, until: t };
  return { ...person, ...statistics, ...judged(person, situation, readings, index), until: t };
}

type Judged = Pick<Person, 'adaptations' | 'products' | 'responses'>;

/** What came after the forecast of a settled reading moves the bands of each horizon, and the correction where all horizons are known. */
function judged(person: Person, situation: Situation, readings: readonly Reading[], index: number): Judged {
  const { population, locations, scales, terms, weights, history } = situation;
  const residuals = new Float64Array(HORIZONS);
  let isWhole = true;
  const adaptations = person.adaptations.map((before, h) => {
    const actual = nearest(readings, index, history.t + MINUTES[h]! * MINUTE);
    if (actual === undefined) {
      isWhole = false;
      return before;
    }
    residuals[h] = actual.x - population[h]!;
    const after = adapted(weights.residuals[h]!, before, (actual.x - locations[h]!) / scales[h]!, RATES);
    return { n: after.n, offsets: after.offsets.map((offset) => Math.round(offset * 1e5) / 1e5) };
  });
  const { products, responses } = isWhole ? summed(person, terms, residuals) : person;
  return { adaptations, products, responses };
}

/** The accepted reading nearest to `t` within half a step, after the one at `from`. */
function nearest(readings: readonly Reading[], from: number, t: number): Reading | undefined {
  let best: Reading | undefined;
  for (let i = from + 1; i < readings.length; i++) {
    const reading = readings[i]!;
    if (reading.t > t + TOLERANCE) break;
    if (reading.q !== 0 || reading.t < t - TOLERANCE) continue;
    if (best === undefined || Math.abs(reading.t - t) < Math.abs(best.t - t)) best = reading;
  }
  return best;
}
