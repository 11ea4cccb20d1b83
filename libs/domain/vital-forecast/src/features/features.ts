import type { Subject } from '#libs/domain/forecasting';
import { newestTime } from '../memory/hours.js';
import { chartOf, type VitalMemory } from '../memory/memory.js';
import { seenAt, type Seen } from './seen.js';
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
}

/** Time constants of the weighted means, h; the last mean weighs all hours alike. */
const OWN_HOURS = [0.7, 1.5, 3, 8, Number.POSITIVE_INFINITY] as const;
const OTHER_HOURS = [3, 8] as const;
/** Hours that the person's own mean needs to be believed half. */
const HALF_KNOWN = 4;
/** A reading of another vital sign counts for half a day: the longest time between two full sets of a stable person (NEWS2, RCP 2017). */
const OTHER_AGE_HOURS = 12;
/** Steps between hours from this far back count for `roughness`. */
const ROUGHNESS_HOURS = 12;
/** Weight, and size in units of the spread, of the step that is assumed before any is known. */
const ASSUMED = { weight: 1, step: 0.45 } as const;
const AGE = { usual: 62, spread: 16 } as const;

/** Of the location's features, where those of the first other vital sign begin, and how many each has; in the order of `VITAL_SIGNS`. */
export const OTHERS_FROM = 3 + OWN_HOURS.length + 3;
export const PER_OTHER = 1 + OTHER_HOURS.length;

/** The features of one vital sign at the time of its newest value, nothing later used; undefined: it has no value. */
export function featuresOf(memory: VitalMemory, sign: VitalSign, about: Subject): Features | undefined {
  const chart = chartOf(memory, sign.code);
  const own = chart && seenAt(chart, newestTime(chart.open));
  if (own === undefined) return undefined;
  const z = (own.level - sign.usual) / sign.spread;
  const hours = own.means.length;
  const few = 1 / (1 + hours / HALF_KNOWN);
  const location = [1, z, z * Math.abs(z)];
  let towardsMean = 0;
  for (const constant of OWN_HOURS) location.push((towardsMean = towards(own, constant, sign)));
  location.push(towardsMean * few, z * few, few);
  const others: { sign: VitalSign; seen: Seen }[] = [];
  const missing: VitalSign[] = [];
  for (const other of VITAL_SIGNS) {
    if (other.code === sign.code) continue;
    const its = chartOf(memory, other.code);
    const seen = its && seenAt(its, own.at);
    if (seen === undefined || own.at - seen.at > OTHER_AGE_HOURS * 3_600_000) {
      missing.push(other);
      for (let i = 0; i < PER_OTHER; i++) location.push(0);
      continue;
    }
    others.push({ sign: other, seen });
    location.push((seen.level - other.usual) / other.spread);
    for (const constant of OTHER_HOURS) location.push(towards(seen, constant, other));
  }
  location.push(about.ageYears === null ? 0 : (about.ageYears - AGE.usual) / AGE.spread);
  const rough = roughness(own, sign);
  const spread = [1, z, z * z, Math.log(rough), Math.abs(towardsMean), few, Math.abs(location[3]!)];
  return { own, others, missing, location, spread };
}

/** How far the weighted mean of the hours lies from the level; a weight falls with the age of its hour by exp(−age / constant). */
function towards({ means, ages, level }: Seen, constant: number, { spread }: VitalSign): number {
  let weights = 0;
  let sum = 0;
  for (let i = 0; i < means.length; i++) {
    const weight = constant === Number.POSITIVE_INFINITY ? 1 : Math.exp(-ages[i]! / constant);
    weights += weight;
    sum += weight * means[i]!;
  }
  return weights > 1e-9 ? (sum / weights - level) / spread : 0;
}

/** Mean step between successive hours, newer ones weigh more; with an assumed one, so that it is never 0. */
function roughness({ means, ages }: Seen, { spread }: VitalSign): number {
  let weights: number = ASSUMED.weight;
  let sum: number = ASSUMED.weight * ASSUMED.step;
  for (let i = 1; i < means.length; i++) {
    const weight = Math.exp(-ages[i]! / ROUGHNESS_HOURS);
    weights += weight;
    sum += (weight * Math.abs(means[i]! - means[i - 1]!)) / spread;
  }
  return sum / weights;
}
