import { ABSORPTION_SHAPES, type AbsorptionShape } from './absorption.js';
import { DEFAULT_ABSORPTION_MINUTES, DEFAULT_DELAY_MINUTES, type CarbohydrateEntry } from './carbohydrates-on-board.js';

const MINUTE_MS = 60_000;

/** What glucose did beyond what insulin explains, mg/dL over an interval; intervals ascending. */
export interface Counteraction {
  /** ms. */
  readonly from: number;
  readonly until: number;
  /** mg/dL. */
  readonly effect: number;
}

export interface ObservationOptions {
  /** mg/dL per g: sensitivity over carbohydrate ratio. */
  readonly perGram: number;
  readonly shape?: AbsorptionShape;
  readonly delayMinutes?: number;
  /** Longest and first assumed absorption time, as multiples of that of the entry. */
  readonly overrun?: number;
  readonly firstOverrun?: number;
  /** The rest is absorbed at the observed pace once a fifth of the time is over. */
  readonly isAdaptive?: boolean;
}

/** How much of a meal was seen in glucose. */
export interface ObservedMeal {
  readonly entry: CarbohydrateEntry;
  readonly options: Required<ObservationOptions>;
  /** g seen; may exceed the entry. */
  readonly observedGrams: number;
  /** Grams in each interval; null where less was seen than must have been absorbed. */
  readonly timeline: readonly { readonly from: number; readonly until: number; readonly grams: number }[] | null;
  /** Start to the end of the observation, then what is expected to remain, min. */
  readonly observedMinutes: number;
  readonly minutesRemaining: number;
  /** Time the shape takes for what was seen, min. */
  readonly minutesForObserved: number;
}

/** Loop (`CarbMath`): multiple of the absorption time after which a meal is over; rounding below which an effect counts as nothing. */
const OVERRUN = 1.5;
const NOTHING = 1.2e-7;
const ADAPTIVE_FROM = 0.2;

/**
 * Divides counteraction among the meals on board, by the pace at which each would absorb then (Loop, `CarbMath`, dynamic absorption). Meals ascending.
 */
export function observedMeals(
  entries: readonly CarbohydrateEntry[],
  counteractions: readonly Counteraction[],
  options: ObservationOptions,
): readonly ObservedMeal[] {
  const whole: Required<ObservationOptions> = {
    shape: ABSORPTION_SHAPES['piecewise-linear'],
    delayMinutes: DEFAULT_DELAY_MINUTES,
    overrun: OVERRUN,
    firstOverrun: OVERRUN,
    isAdaptive: false,
    ...options,
  };
  const newest = counteractions.at(-1)?.until;
  const meals = entries.map((entry) => new Observation(entry, newest, whole));
  for (const { from, until, effect } of counteractions) {
    const active = meals.filter((meal) => from < meal.overAt && from >= meal.entry.t);
    let left = Math.max(0, effect);
    let pace = active.reduce((sum, meal) => sum + meal.paceAt(from), 0);
    for (const [i, meal] of active.entries()) {
      const own = meal.paceAt(from);
      const share = pace > 0 ? Math.min(meal.remainingEffect, (own / pace) * left) : 0;
      pace -= own;
      left -= share;
      // What no meal is left for counts as more of the last one.
      meal.add(share + (i === active.length - 1 && left > NOTHING ? left : 0), from, until);
    }
  }
  return meals.map((meal) => meal.result());
}

/** One meal while it is observed. */
class Observation {
  private effect = 0;
  private completeAt: number | undefined;
  private readonly parts: { from: number; until: number; grams: number }[] = [];
  private readonly firstMinutes: number;
  private readonly longestMinutes: number;
  private readonly observedUntil: number;
  readonly overAt: number;

  constructor(
    readonly entry: CarbohydrateEntry,
    newest: number | undefined,
    private readonly options: Required<ObservationOptions>,
  ) {
    const minutes = entry.absorptionMinutes ?? DEFAULT_ABSORPTION_MINUTES;
    this.firstMinutes = minutes * options.firstOverrun;
    this.longestMinutes = minutes * options.overrun;
    this.overAt = entry.t + (this.longestMinutes + options.delayMinutes) * MINUTE_MS;
    this.observedUntil = Math.min(this.overAt, Math.max(newest ?? entry.t, entry.t));
  }

  get remainingEffect(): number {
    return Math.max(this.entry.grams * this.options.perGram - this.effect, 0);
  }

  /** g/min at which the meal would absorb at a time. */
  paceAt(at: number): number {
    const minutes = Math.min(this.observedMinutes() + this.minutesRemaining(), this.longestMinutes);
    if (minutes <= 0) return 0;
    return (this.entry.grams / minutes) * this.options.shape.rateAt((at - this.entry.t) / MINUTE_MS / minutes);
  }

  add(effect: number, from: number, until: number): void {
    this.effect += effect;
    if (this.completeAt !== undefined) return;
    this.parts.push({ from, until, grams: effect / this.options.perGram });
    if (this.effect + NOTHING >= this.entry.grams * this.options.perGram) this.completeAt = until;
  }

  result(): ObservedMeal {
    const observedGrams = this.effect / this.options.perGram;
    return {
      entry: this.entry,
      options: this.options,
      observedGrams,
      timeline: observedGrams >= this.leastGrams() ? this.parts : null,
      observedMinutes: this.observedMinutes(),
      minutesRemaining: this.minutesRemaining(),
      minutesForObserved: this.minutesForObserved(),
    };
  }

  private sinceDelay(): number {
    return (this.observedUntil - this.entry.t) / MINUTE_MS - this.options.delayMinutes;
  }

  private observedMinutes(): number {
    return ((this.completeAt ?? this.observedUntil) - this.entry.t) / MINUTE_MS;
  }

  /** What must have been absorbed by now at the slowest pace, g. */
  private leastGrams(): number {
    return this.entry.grams * this.options.shape.absorbedAt(this.sinceDelay() / this.longestMinutes);
  }

  private shareAbsorbed(): number {
    const { grams } = this.entry;
    return grams > 0 ? Math.min(grams, Math.max(this.leastGrams(), this.effect / this.options.perGram)) / grams : 1;
  }

  private isAdaptiveNow(): boolean {
    return this.options.isAdaptive && this.sinceDelay() > this.firstMinutes * ADAPTIVE_FROM;
  }

  private minutesForObserved(): number {
    const since = this.sinceDelay();
    if (since <= 0) return 0;
    const minutes = this.isAdaptiveNow() ? since : this.options.shape.timeOf(this.shareAbsorbed()) * this.firstMinutes;
    return Math.min(minutes, this.longestMinutes);
  }

  private minutesRemaining(): number {
    const since = this.sinceDelay();
    if (since <= 0) return this.firstMinutes;
    const most = Math.max(this.longestMinutes - since, 0);
    if (most === 0) return 0;
    const rest = this.isAdaptiveNow()
      ? since / Math.max(this.options.shape.timeOf(this.shareAbsorbed()), Number.EPSILON) - since
      : this.firstMinutes - this.minutesForObserved();
    return Math.min(rest, most);
  }
}
