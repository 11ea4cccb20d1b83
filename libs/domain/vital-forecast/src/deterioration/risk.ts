import { refuse, type ModelRefusal, type Subject } from '#libs/domain/forecasting';
import { readingsOf, withoutConflicts, type Readings } from '../features/readings.js';
import { VITAL_SIGNS, type VitalSign } from '../features/vital-signs.js';
import { HOUR_MS, newestTime, newestValue } from '../memory/hours.js';
import { chartOf, type VitalMemory } from '../memory/memory.js';
import { outsidePopulation } from '../population.js';
import { RISK_MINUTES } from './instability.js';
import { PLACES_OF, riskFeatures } from './risk-features.js';
import { RISK_MODEL } from './risk-weights.js';

/** What one vital sign adds to the log-odds, with its newest value. */
export interface RiskContribution {
  readonly code: number;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly at: number;
  readonly contribution: number;
}

export interface DeteriorationRisk {
  readonly kind: 'risk';
  /** The newest value used, ms. */
  readonly at: number;
  /** That at least two hourly sets of the next 12 h have a value beyond `STABLE_LIMITS`. */
  readonly probability: number;
  readonly horizonMinutes: number;
  /** Log-odds of a person of whom nothing stands out; with the contributions, in their order, the log-odds of `probability`. */
  readonly intercept: number;
  readonly contributions: readonly RiskContribution[];
  readonly missing: readonly string[];
}

const EIGHT_HOURS = 8 * HOUR_MS;
const MIN_SIGNS = 3;
const SYSTOLIC = 5;
const MEAN_PRESSURE = 7;

/**
 * The probability that vital signs become unstable within 12 h, from the memory of the forecaster `vital-forecast` or its readings, at its newest value. Logistic in
 * the terms of the deterioration trend that read vital signs, and in what the forecasts say of values beyond the limits. What is missing, or of sensors that contradict each
 * other, adds nothing: no information.
 * Refuses with fewer than three vital signs in 8 h (both pressures are one). Figures: docs/models/deterioration-risk.md.
 */
export function deteriorationRisk(memory: unknown, about: Subject): DeteriorationRisk | ModelRefusal {
  const readings = readingsOf(memory);
  const last = computed.get(readings.memory);
  if (last?.ageYears === about.ageYears && last.isPregnant === about.isPregnant) return last.risk;
  const risk = riskOf(readings, about);
  computed.set(readings.memory, { ageYears: about.ageYears, isPregnant: about.isPregnant, risk });
  return risk;
}

/** The forecast in the stream, and the views of the twin after it, ask the same of one memory; a memory is never changed, so nothing goes stale. */
const computed = new WeakMap<
  VitalMemory,
  Pick<Subject, 'ageYears' | 'isPregnant'> & { readonly risk: DeteriorationRisk | ModelRefusal }
>();

function riskOf(all: Readings, about: Subject): DeteriorationRisk | ModelRefusal {
  const readings = withoutConflicts(all);
  const known = readings.memory;
  const outside = outsidePopulation(about);
  if (outside !== undefined) return outside;
  const features = riskFeatures(readings, about);
  if (features === undefined) return refuse('no-data', 'There is no usable value of a vital sign.');
  const { at, columns } = features;
  if (recentSigns(known, at) < MIN_SIGNS)
    return refuse('too-little-data', `Fewer than ${MIN_SIGNS} vital signs were measured in the last 8 h.`);
  const contributions: RiskContribution[] = [];
  const missing: string[] = [];
  let logOdds = RISK_MODEL.intercept;
  for (const sign of VITAL_SIGNS) {
    const open = chartOf(known, sign.code)?.open;
    if (open === undefined) {
      missing.push(sign.name);
      continue;
    }
    const contribution = contributionOf(sign, columns);
    logOdds += contribution;
    const { code, name, unit } = sign;
    contributions.push({ code, name, value: newestValue(open), unit, at: newestTime(open), contribution });
  }
  const probability = 1 / (1 + Math.exp(-logOdds));
  const { intercept } = RISK_MODEL;
  return { kind: 'risk', at, probability, horizonMinutes: RISK_MINUTES, intercept, contributions, missing };
}

function contributionOf({ code }: VitalSign, columns: ReadonlyArray<number | undefined>): number {
  let sum = 0;
  for (const place of PLACES_OF.get(code)!) {
    const reading = columns[place];
    if (reading === undefined) continue;
    const { weight, average } = RISK_MODEL.columns[place]!;
    sum += weight * (reading - average);
  }
  return sum;
}

function recentSigns(memory: VitalMemory, at: number): number {
  const recent = VITAL_SIGNS.filter(({ code }) => {
    const open = chartOf(memory, code)?.open;
    return open !== undefined && at - newestTime(open) <= EIGHT_HOURS;
  }).map(({ code }) => code);
  return recent.length - (recent.includes(SYSTOLIC) && recent.includes(MEAN_PRESSURE) ? 1 : 0);
}
