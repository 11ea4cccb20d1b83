/** What the simulated bodies show, in the names and canonical units of the catalogue. */
export const UNITS = {
  'heart-rate': '/min',
  'oxygen-saturation': '%',
  'respiratory-rate': '/min',
  'systolic-pressure': 'mm[Hg]',
  'diastolic-pressure': 'mm[Hg]',
  'body-temperature': 'Cel',
  glucose: 'mg/dL',
} as const;
export type Vital = keyof typeof UNITS;
export const VITALS = Object.keys(UNITS) as readonly Vital[];
export type Vitals = Readonly<Record<Vital, number>>;

/** A patient at rest: the daily mean of each vital, and how far a meal lifts glucose (mg/dL). */
export interface Profile {
  readonly usual: Vitals;
  readonly mealRise: number;
}

/** A body between two samples. `noise` is how far each vital is off its mean, in its own unit. */
export interface Body {
  readonly at: number;
  readonly noise: Vitals;
  readonly random: number;
}

/** Where an emergency drives a vital; undefined leaves it alone. `weight` 0 … 1 is how far it is on the way there. */
export type Drive = (vital: Vital) => { readonly target: number; readonly weight: number } | undefined;

interface Wander {
  /** Standard deviation in the vital's unit. */
  readonly deviation: number;
  /** Time constant of the first-order autoregressive noise, s. */
  readonly seconds: number;
  /** Share of the mean by which it swings over the day, lowest at four in the morning. */
  readonly daily: number;
  readonly digits: number;
  /** What the simulated sensor can show. */
  readonly range: readonly [number, number];
}

// Engineering choices for a demo, not taken from a cohort: quiet enough that only a scripted emergency crosses a limit, and no faster
// than the signal checks find plausible (docs/clinical/signal-quality.md): glucose at most 4 mg/dL in a minute.
const WANDER: Readonly<Record<Vital, Wander>> = {
  'heart-rate': { deviation: 2.5, seconds: 60, daily: 0.07, digits: 0, range: [30, 220] },
  'oxygen-saturation': { deviation: 0.5, seconds: 90, daily: 0.003, digits: 0, range: [60, 100] },
  'respiratory-rate': { deviation: 0.8, seconds: 60, daily: 0.06, digits: 0, range: [6, 50] },
  'systolic-pressure': { deviation: 4, seconds: 300, daily: 0.05, digits: 0, range: [60, 230] },
  'diastolic-pressure': { deviation: 3, seconds: 300, daily: 0.05, digits: 0, range: [35, 130] },
  'body-temperature': { deviation: 0.06, seconds: 1800, daily: 0.008, digits: 1, range: [34, 42] },
  glucose: { deviation: 4, seconds: 7200, daily: 0.04, digits: 0, range: [40, 400] },
};
const HOUR_MS = 3_600_000;
const MEALS_UTC = [7.5, 12.5, 18.5];
const MEAL_PEAK_HOURS = 1;
/** Both pressures rise and fall together. */
const PRESSURE_CORRELATION = 0.6;
/** While an emergency drives a vital, this share of its noise is left. */
const NOISE_WHEN_DRIVEN = 0.3;

const STILL: Vitals = Object.fromEntries(VITALS.map((vital) => [vital, 0])) as Record<Vital, number>;

/** A body that has wandered long enough not to start at its mean. */
export function wakeBody(seed: number, at: number): Body {
  return advance({ at: at - 24 * HOUR_MS, noise: STILL, random: seed >>> 0 }, at);
}

/** The body at a later time. Pure: the same body and time give the same body. */
export function advance(body: Body, at: number): Body {
  const seconds = Math.max(0, at - body.at) / 1000;
  const noise: Record<Vital, number> = { ...body.noise };
  let random = body.random;
  let shockOfSystolic = 0;
  for (const vital of VITALS) {
    const drawn = gaussian(random);
    random = drawn.random;
    let shock = drawn.value;
    if (vital === 'systolic-pressure') shockOfSystolic = shock;
    if (vital === 'diastolic-pressure')
      shock = PRESSURE_CORRELATION * shockOfSystolic + Math.sqrt(1 - PRESSURE_CORRELATION ** 2) * shock;
    const { deviation, seconds: constant } = WANDER[vital];
    const kept = Math.exp(-seconds / constant);
    noise[vital] = kept * noise[vital] + Math.sqrt(1 - kept * kept) * deviation * shock;
  }
  return { at, noise, random };
}

/** What the sensors show of a body. */
export function observe(body: Body, profile: Profile, drive: Drive = () => undefined): Vitals {
  return Object.fromEntries(
    VITALS.map((vital) => {
      const { digits, range } = WANDER[vital];
      const mean = meanOf(vital, profile, body.at);
      const driven = drive(vital);
      const value =
        driven === undefined
          ? mean + body.noise[vital]
          : mean + (driven.target - mean) * driven.weight + NOISE_WHEN_DRIVEN * body.noise[vital];
      return [vital, Number(Math.min(range[1], Math.max(range[0], value)).toFixed(digits))];
    }),
  ) as Record<Vital, number>;
}

function meanOf(vital: Vital, profile: Profile, at: number): number {
  const hour = (at / HOUR_MS) % 24;
  const daily = -WANDER[vital].daily * Math.cos(((hour - 4) / 24) * 2 * Math.PI);
  return profile.usual[vital] * (1 + daily) + (vital === 'glucose' ? profile.mealRise * digestion(hour) : 0);
}

/** 0 … 1: up within the hour after a meal and down again in about four. */
function digestion(hour: number): number {
  const parts = MEALS_UTC.map((meal) => {
    const since = ((hour - meal + 24) % 24) / MEAL_PEAK_HOURS;
    return since * Math.exp(1 - since);
  });
  return Math.min(1, Math.max(...parts));
}

function gaussian(random: number): { readonly value: number; readonly random: number } {
  const first = uniform(random);
  const second = uniform(first.random);
  const value = Math.sqrt(-2 * Math.log(1 - first.value)) * Math.cos(2 * Math.PI * second.value);
  // Four deviations: a demo shall not page for the tail of a bell.
  return { value: Math.min(4, Math.max(-4, value)), random: second.random };
}

/** Mulberry32: 0 ≤ value < 1. */
function uniform(random: number): { readonly value: number; readonly random: number } {
  const next = (random + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, random: next };
}
