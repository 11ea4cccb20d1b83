import type { Subject } from '#libs/domain/forecasting';
import type { Chart } from '../memory/chart.js';
import { HOUR_MS, newestTime } from '../memory/hours.js';
import { chartOf, type VitalMemory } from '../memory/memory.js';
import { WEIGHTED } from './past-hours.js';
import { ChartReading, type Seen } from './seen.js';
import { VITAL_SIGNS, type VitalSign } from './vital-signs.js';

/** What the model reads off a memory for one vital sign, in units of its usual spread. Missing is 0 after centring: no information. */
export interface Features {
  readonly own: Seen;
  readonly others: readonly { readonly sign: VitalSign; readonly seen: Seen }[];
  readonly missing: readonly VitalSign[];
  /** For the location: intercept first, own, others, age. */
  readonly location: readonly number[];
  /** For the spread of what may come: intercept first. */
  readonly spread: readonly number[];
  /** By how many usual spreads another sensor of the vital sign differs, where that is more than sensors do; else 0. */
  readonly disagreement: number;
}

/** Places of the means of another vital sign that are read: of 2 and 8 h. */
const READ_OF_OTHERS = [1, 3] as const;
/** Two sensors that differ by less are no news: about what bedside monitors, cuffs and oximeters differ by. */
const TOLERATED = 1;
/** Beyond this nobody can say which sensor is right. */
const REFUSED = 3;
/** Hours after which the person's own mean has half of the weight. */
const HALF_KNOWN = 4;
/** A reading of another vital sign counts for half a day: the longest time between two full sets of a stable person (NEWS2, RCP 2017). */
const OTHER_AGE_HOURS = 12;
/** Steps between hours from this far back count for `roughness`. */
const ROUGHNESS_HOURS = 12;
/** Weight, and size in units of the spread, of the step that is assumed before any is known. */
const ASSUMED = { weight: 1, step: 0.45 } as const;
const AGE = { usual: 62, spread: 16 } as const;

/** Of the location's features, where those of the first other vital sign begin, and how many each has; in the order of `VITAL_SIGNS`. */
export const OTHERS_FROM = 3 + WEIGHTED + 1 + 3;
export const PER_OTHER = 1 + READ_OF_OTHERS.length;

/** What a chart said at a time, ms; see {@link ChartReading.at}. */
export type Look = (chart: Chart, at: number) => Seen | undefined;

/** The features of one vital sign at the time of its newest value, nothing later used; undefined: it has no value. `look`: how charts are read, or what remembers it. */
export function featuresOf(
  memory: VitalMemory,
  sign: VitalSign,
  about: Subject,
  look: Look = (chart, at) => new ChartReading(chart).at(at),
): Features | undefined {
  const chart = chartOf(memory, sign.code);
  const own = chart && look(chart, newestTime(chart.open));
  if (own === undefined) return undefined;
  const z = (own.level - sign.usual) / sign.spread;
  const few = 1 / (1 + own.hours.means.length / HALF_KNOWN);
  const location = [1, z, z * Math.abs(z)];
  const means = towardsMeans(own, sign);
  const towardsMean = means[WEIGHTED]!;
  location.push(...means, towardsMean * few, z * few, few);
  const others: { sign: VitalSign; seen: Seen }[] = [];
  const missing: VitalSign[] = [];
  for (const other of VITAL_SIGNS) {
    if (other.code === sign.code) continue;
    const otherChart = chartOf(memory, other.code);
    const seen = otherChart && look(otherChart, own.at);
    if (seen === undefined || own.at - seen.at > OTHER_AGE_HOURS * 3_600_000 || areInConflict(seen, other)) {
      missing.push(other);
      for (let i = 0; i < PER_OTHER; i++) location.push(0);
      continue;
    }
    others.push({ sign: other, seen });
    location.push((seen.level - other.usual) / other.spread);
    const its = towardsMeans(seen, other);
    for (const place of READ_OF_OTHERS) location.push(its[place]!);
  }
  location.push(about.ageYears === null ? 0 : (about.ageYears - AGE.usual) / AGE.spread);
  const rough = roughness(own, sign);
  const spread = [1, z, z * z, Math.log(rough), Math.abs(towardsMean), few, Math.abs(means[0]!)];
  const disagreement = own.disagreement / sign.spread > TOLERATED ? own.disagreement / sign.spread : 0;
  return { own, others, missing, location, spread, disagreement };
}

/** Whether two sensors differ so much that the vital sign is not known. */
export function areInConflict({ disagreement }: Seen, { spread }: VitalSign): boolean {
  return disagreement > REFUSED * spread;
}

/** How far the means of the hours lie from the level: weighted for 1, 2, 4 and 8 h, then plain. */
function towardsMeans({ hours, level }: Seen, { spread }: VitalSign): readonly number[] {
  return hours.weightedMeans().map((mean) => (mean - level) / spread);
}

/** Mean step between successive hours, newer ones weigh more; with an assumed one, so that it is never 0. */
function roughness({ hours: { means, times }, at }: Seen, { spread }: VitalSign): number {
  let weights: number = ASSUMED.weight;
  let sum: number = ASSUMED.weight * ASSUMED.step;
  for (let i = 1; i < means.length; i++) {
    const weight = Math.exp((times[i]! - at) / HOUR_MS / ROUGHNESS_HOURS);
    weights += weight;
    sum += (weight * Math.abs(means[i]! - means[i - 1]!)) / spread;
  }
  return sum / weights;
}
