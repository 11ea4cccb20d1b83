import { seeded } from '#libs/domain/forecasting';
import {
  basalUnitsPerHour,
  UVA_PADOVA,
  VIRTUAL_PEOPLE,
  type UvaPadovaParameters,
  type UvaPadovaState,
  type VirtualPersonName,
} from '#libs/domain/physiology';
import type { Bed } from '../ward.js';

/** A person with type 1 diabetes on a pump: glucose, insulin and meals follow from the virtual physiology of UVA/Padova. */
export interface PumpBed {
  /** Number of the bed in the ward; no emergency drives it. */
  readonly number: number;
  readonly person: VirtualPersonName;
  /** g of carbohydrates for which the pump gives 1 [IU]. */
  readonly carbRatio: number;
}

export const PUMP_BEDS: readonly PumpBed[] = [
  { number: 4, person: 'adult-sensitive', carbRatio: 14 },
  { number: 6, person: 'adult', carbRatio: 9 },
];

export function hasPump(bed: Pick<Bed, 'number'>): boolean {
  return PUMP_BEDS.some(({ number }) => number === bed.number);
}

/** A sample as `POST /v1/samples` takes it: the sensor names its device, the pump its patient. */
export interface PumpSample {
  readonly device?: string;
  readonly patient?: string;
  readonly source?: string;
  readonly code: string;
  readonly value: number;
  readonly unit: string;
  readonly effectiveAt: string;
}

const MINUTE_MS = 60_000;
const READING_EVERY = 5;
const RATE_REPORTED_EVERY = 240;
const MEAL_EVERY = 300;
/** The first meal, min after the beginning: two hours before the ward opens there is one (`pump-history.ts`). */
const FIRST_MEAL = 240;
const MEALS_GRAMS = [45, 60, 35, 70, 50, 40, 65];
/** The meal's own amount is up to this share more or less than what was counted. */
const MISCOUNTED = 0.15;
/** Noise of the sensor: standard deviation, mg/dL, and share that is left at the next reading. */
const NOISE = { deviation: 3, kept: 0.7 };
/** Above this the pump adds a correction towards the target, mg/dL; sensitivity by the rule of 1,800. */
const CORRECTED_ABOVE = 180;
const TARGET = 130;

/** Deterministic: the same beginning and seed give the same samples, however the time is cut. */
export class PumpPerson {
  private readonly parameters: UvaPadovaParameters;
  private readonly basal: number;
  private readonly random = { noise: seeded(0), meals: seeded(0) };
  private state: UvaPadovaState;
  private minute = 0;
  private noise = 0;

  /** @param since when the simulation began, ms: the person was at rest */
  constructor(
    readonly bed: Bed,
    private readonly pump: PumpBed,
    private readonly since: number,
  ) {
    this.parameters = VIRTUAL_PEOPLE[pump.person];
    this.basal = Math.round(basalUnitsPerHour(this.parameters) * 20) / 20;
    this.random = { noise: seeded(bed.number, 1), meals: seeded(bed.number, 2) };
    const rest = UVA_PADOVA.init(this.parameters);
    if ('kind' in rest) throw new Error(`no state at rest of ${pump.person}: ${rest.message}`);
    this.state = rest;
  }

  /** Samples from after the last time asked for up to `at` (ms), in order of time. */
  until(at: number): readonly PumpSample[] {
    const samples: PumpSample[] = [];
    for (; this.since + this.minute * MINUTE_MS <= at; this.minute += 1) samples.push(...this.live());
    return samples;
  }

  /** The next minute: what is measured, given and eaten at its beginning, and the body after it. */
  private live(): readonly PumpSample[] {
    const { minute } = this;
    const samples: PumpSample[] = [];
    const glucose = UVA_PADOVA.observe(this.parameters, this.state)['glucose']!;
    if (minute === 0) samples.push(this.sample('body-weight', this.parameters.BW, 'kg'));
    if (minute % RATE_REPORTED_EVERY === 0) samples.push(this.sample('insulin-basal-rate', this.basal, '[IU]/h'));
    if (minute % READING_EVERY === 0) samples.push(this.reading(glucose));
    const meal = minute % MEAL_EVERY === FIRST_MEAL ? this.counted() : 0;
    const bolus = meal === 0 ? 0 : this.bolusFor(meal, glucose);
    if (meal > 0)
      samples.push(this.sample('carbohydrate-intake', meal, 'g'), this.sample('insulin-bolus', bolus, '[IU]'));
    const carbohydrates = meal * (1 + MISCOUNTED * (2 * this.random.meals.uniform() - 1));
    const after = UVA_PADOVA.step(this.parameters, this.state, { carbohydrates, bolus, basal: this.basal }, 1);
    if ('kind' in after) throw new Error(`no next state of ${this.pump.person}: ${after.message}`);
    this.state = after;
    return samples;
  }

  private counted(): number {
    return MEALS_GRAMS[Math.floor(this.minute / MEAL_EVERY) % MEALS_GRAMS.length]!;
  }

  private bolusFor(grams: number, glucose: number): number {
    const sensitivity = 1800 / (48 * this.basal);
    const correction = glucose > CORRECTED_ABOVE ? (glucose - TARGET) / sensitivity : 0;
    return Math.round((grams / this.pump.carbRatio + correction) * 20) / 20;
  }

  private reading(glucose: number): PumpSample {
    const fresh = NOISE.deviation * Math.sqrt(1 - NOISE.kept ** 2) * this.random.noise.normal();
    this.noise = NOISE.kept * this.noise + fresh;
    const { patient: _, source: __, ...sample } = this.sample('glucose', Math.round(glucose + this.noise), 'mg/dL');
    return { device: `Device/${this.bed.sensor}`, ...sample };
  }

  private sample(code: string, value: number, unit: string): PumpSample {
    const effectiveAt = new Date(this.since + this.minute * MINUTE_MS).toISOString();
    return { patient: this.bed.patient, source: `demo-pump-${this.bed.number}`, code, value, unit, effectiveAt };
  }
}
