import { personalTable, probabilityBelow } from '#libs/domain/forecasting';
import { EMPTY, type Memory } from './memory/memory.js';
import { chosenSensor } from './memory/sensor.js';
import { KEPT_SHIFT } from './model/model.js';
import { situationAt } from './person/situation.js';

/** Probabilities of a low to come, 0 to 1. */
export interface LowProbabilities {
  /** A value below 70 mg/dL within 30 min. */
  readonly low: number;
  /** A value of 55 mg/dL or less within 20 min. */
  readonly urgentLow: number;
}

const LOW = 70;
/** Sensors show whole mg/dL: 55 is in it. */
const URGENT_LOW = 55.5;
/** Where 20 min stand between the horizons of 15 and 30 min. */
const AT_20 = 1 / 3;

/**
 * Of the newest reading of a memory: the larger of the probability at 15 min and of that at the end, for glucose may have turned by then. undefined where there is no
 * forecast. Probabilities under 0.005 and over 0.995 are shown as these.
 */
export function lowProbabilitiesOf(memory: Memory): LowProbabilities | undefined {
  const sensor = chosenSensor(memory);
  if (sensor === undefined || sensor.newest.q === 2) return undefined;
  const situation = situationAt(memory, sensor.readings, sensor.readings.length - 1);
  if (situation === undefined) return undefined;
  const { weights, locations, scales } = situation;
  const tables = [0, 1].map((h) =>
    personalTable(weights.residuals[h]!, memory.person?.adaptations[h] ?? null, KEPT_SHIFT),
  );
  const within = (mgdl: number, share: number): number => {
    const [first, end] = tables.map((table, h) => probabilityBelow(locations[h]!, scales[h]!, table, mgdl));
    return Math.max(first!, first! + share * (end! - first!));
  };
  return { low: within(LOW, 1), urgentLow: within(URGENT_LOW, AT_20) };
}

/** The same from readings of one sensor alone, ascending in time (ms): without doses, and as of a person of whom nothing is known. */
export function lowProbabilities(
  readings: readonly { readonly t: number; readonly mgdl: number }[],
): LowProbabilities | undefined {
  return lowProbabilitiesOf({ ...EMPTY, glucose: readings.map(({ t, mgdl }) => ({ k: '', t, x: mgdl, s: '', q: 0 })) });
}
