import type { Memory } from '../memory/memory.js';
import type { Person } from '../person/person.js';
import { actionOf, FAST_CARBOHYDRATES, given, INSULIN, meanRate, SLOW_CARBOHYDRATES, type Action } from './doses.js';
import type { History } from './history.js';

const DAY = 86_400_000;
/** Standard deviation of glucose of the people trained on, mg/dL: own spreads are divided by it. */
const SPREAD = 50;
const INSULIN_A_DAY = 25;
const RECORDED_WITHIN = DAY;
const UNKNOWN = Number.NaN;

const CHANGES = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 24] as const;
const OWN_CHANGES = [1, 3, 6, 12, 24] as const;

const GLUCOSE_NAMES = [
  'level',
  ...CHANGES.map((lag) => `change-${lag * 5}`),
  'bend',
  'roughness',
  'above-minimum',
  'below-maximum',
  'spread-2h',
  'slope-15',
  'slope-30',
  'slope-60',
  'own-mean',
  'own-spread',
  'from-own-mean',
  'own-level',
  ...OWN_CHANGES.map((lag) => `own-change-${lag * 5}`),
  'own-slope-30',
];

const DOSE_NAMES = [
  'insulin-on-board',
  'insulin-past',
  'insulin-15',
  'insulin-30',
  'insulin-60',
  'insulin-120',
  'own-insulin-on-board',
  'own-insulin-30',
  'own-insulin-120',
  'bolus-10m',
  'bolus-30m',
  'bolus-60m',
  'bolus-120m',
  'bolus-240m',
  'own-bolus-60m',
  'fast-carbohydrates',
  'fast-carbohydrates-past',
  'fast-carbohydrates-15',
  'fast-carbohydrates-30',
  'slow-carbohydrates',
  'slow-carbohydrates-past',
  'slow-carbohydrates-30',
  'slow-carbohydrates-60',
  'slow-carbohydrates-120',
  'carbohydrates-10m',
  'carbohydrates-30m',
  'carbohydrates-60m',
  'carbohydrates-120m',
  'carbohydrates-240m',
  'basal-30m',
  'basal-change-30m',
  'basal-change-120m',
];

/** Names of the features of glucose alone, then those of doses: the order of the weights. */
export const FEATURE_NAMES: readonly string[] = [...GLUCOSE_NAMES, ...DOSE_NAMES];
export const GLUCOSE_FEATURES = GLUCOSE_NAMES.length;

/** What is known of doses at one moment; null: of that kind nothing was recorded within a day, so nothing is known, which is not nothing given. */
export interface DoseAction {
  readonly insulin: Action | null;
  readonly fast: Action | null;
  readonly slow: Action | null;
}

export interface Features {
  readonly values: Float64Array;
  readonly doses: DoseAction;
}

/** Features of the moment of a history; NaN is unknown. Only doses up to 15 min after it count. */
export function featuresOf(history: History, memory: Memory, person: Person): Features {
  const values = new Float64Array(FEATURE_NAMES.length);
  const next = ofGlucose(history, person, values);
  const doses = ofDoses(history.t, memory, person, values, next);
  return { values, doses };
}

function ofGlucose({ lags }: History, person: Person, out: Float64Array): number {
  const g = lags[0]!;
  const own = Math.sqrt(person.variance);
  const perSpread = SPREAD / own;
  let at = 0;
  out[at++] = g;
  for (const lag of CHANGES) out[at++] = g - lags[lag]!;
  out[at++] = g - lags[2]! - (lags[1]! - lags[3]!);
  let [roughness, least, most, sum, squares] = [0, g, g, 0, 0];
  for (let k = 0; k < lags.length; k++) {
    const x = lags[k]!;
    if (k >= 2 && k <= 12) roughness += Math.abs(x - 2 * lags[k - 1]! + lags[k - 2]!) / 11;
    if (x < least) least = x;
    if (x > most) most = x;
    sum += x;
    squares += x * x;
  }
  out[at++] = roughness;
  out[at++] = g - least;
  out[at++] = most - g;
  out[at++] = Math.sqrt(Math.max(0, squares / lags.length - (sum / lags.length) ** 2));
  out[at++] = slope(lags, 4);
  const slope30 = slope(lags, 7);
  out[at++] = slope30;
  out[at++] = slope(lags, 13);
  out[at++] = person.mean;
  out[at++] = own;
  out[at++] = g - person.mean;
  out[at++] = (g - person.mean) * perSpread;
  for (const lag of OWN_CHANGES) out[at++] = (g - lags[lag]!) * perSpread;
  out[at++] = slope30 * perSpread;
  return at;
}

/** Slope of the least-squares line through the newest `count` lags, mg/dL per min. */
function slope(lags: Float64Array, count: number): number {
  const middle = (count - 1) / 2;
  let [product, square] = [0, 0];
  for (let k = 0; k < count; k++) {
    product += (middle - k) * lags[k]!;
    square += (middle - k) ** 2;
  }
  return product / square / 5;
}

function ofDoses(t: number, memory: Memory, person: Person, out: Float64Array, from: number): DoseAction {
  const { boluses, carbohydrates, basal } = memory;
  const insulin = isRecorded(boluses, t) ? actionOf(boluses, INSULIN, t) : null;
  const eaten = isRecorded(carbohydrates, t);
  const fast = eaten ? actionOf(carbohydrates, FAST_CARBOHYDRATES, t) : null;
  const slow = eaten ? actionOf(carbohydrates, SLOW_CARBOHYDRATES, t) : null;
  let at = from;
  const own = INSULIN_A_DAY / Math.max(8, person.insulinPerDay);
  if (insulin === null) at = unknown(out, at, 15);
  else {
    const { onBoard, past, ahead } = insulin;
    out[at++] = onBoard;
    out[at++] = past;
    for (const amount of ahead) out[at++] = amount;
    out[at++] = onBoard * own;
    out[at++] = ahead[1] * own;
    out[at++] = ahead[3] * own;
    for (const minutes of [10, 30, 60, 120, 240]) out[at++] = given(boluses, t, minutes);
    out[at++] = given(boluses, t, 60) * own;
  }
  if (fast === null || slow === null) at = unknown(out, at, 14);
  else {
    out[at++] = fast.onBoard;
    out[at++] = fast.past;
    out[at++] = fast.ahead[0];
    out[at++] = fast.ahead[1];
    out[at++] = slow.onBoard;
    out[at++] = slow.past;
    out[at++] = slow.ahead[1];
    out[at++] = slow.ahead[2];
    out[at++] = slow.ahead[3];
    for (const minutes of [10, 30, 60, 120, 240]) out[at++] = given(carbohydrates, t, minutes);
  }
  const recent = meanRate(basal, t, 30);
  const usual = person.basal ?? UNKNOWN;
  out[at++] = recent;
  out[at++] = recent - usual;
  out[at++] = meanRate(basal, t, 120) - usual;
  return { insulin, fast, slow };
}

/** Whether a dose of the kind was recorded in the day before the moment. */
export function isRecorded(doses: Memory['boluses'], t: number): boolean {
  return doses.some((dose) => dose.t > t - RECORDED_WITHIN && dose.t <= t);
}

function unknown(out: Float64Array, at: number, count: number): number {
  out.fill(UNKNOWN, at, at + count);
  return at + count;
}
