import { DETERIORATION_TREND } from '../models/deterioration-trend.js';
import type { ChartSummary } from './trend-chart.js';
import { TREND_VARIABLES, type TrendState, type TrendVariable } from './trend-state.js';
import { knownAt, stepsOf, TERMS_OF, VITAL_SIGNS, type TrendModel } from './trend-terms.js';

const EIGHT_HOURS = 8 * 3_600_000;
const MIN_VITAL_SIGNS = 3;
const VARIABLES = Object.keys(TREND_VARIABLES) as TrendVariable[];

/** Who the patient is, as far as known. Age in years. */
export interface TrendContext {
  readonly ageYears?: number;
  readonly pregnant?: boolean;
}

/** What one measurement adds to the score: `value` (unit as given) is its last, but its last 24 h count too. */
export interface TrendContribution {
  readonly name: TrendVariable;
  readonly value: number;
  readonly unit: string;
  /** When it was measured, and how old it is, ms. */
  readonly at: number;
  readonly age: number;
  /** Log-odds; negative: against deterioration. */
  readonly contribution: number;
}

export type TrendBand = 'low' | 'medium' | 'high';

/**
 * The risk, or why there is none. `score` is a log-odds, comparable between patients and hours; it is no probability (calibration
 * holds for one collection only). `intercept` plus the contributions, added in their order, is `score` exactly. What is missing adds nothing: no
 * information, neither normal nor abnormal.
 */
export type TrendRisk =
  | {
      readonly kind: 'risk';
      readonly version: string;
      readonly score: number;
      readonly band: TrendBand;
      readonly intercept: number;
      readonly contributions: readonly TrendContribution[];
      readonly missing: readonly TrendVariable[];
    }
  | {
      readonly kind: 'refused';
      readonly version: string;
      readonly reason: 'under-16' | 'pregnant' | 'bad-time' | 'too-few-vital-signs';
      readonly missing: readonly TrendVariable[];
    };

/** Contribution of one measurement under a model: 0 at the average patient's reading. */
function contributionOf(model: TrendModel, variable: TrendVariable, chart: ChartSummary): number {
  let sum = model.known[variable] ?? 0;
  for (const [term, place] of TERMS_OF.get(variable) ?? []) {
    const steps = stepsOf(term, chart);
    const [weight, average] = model.terms[place] ?? [0, 0];
    if (steps !== undefined) sum += weight * (steps - average);
  }
  return sum;
}

function bandOf(score: number): TrendBand {
  if (score >= DETERIORATION_TREND.bands.high.raise) return 'high';
  return score >= DETERIORATION_TREND.bands.medium.raise ? 'medium' : 'low';
}

/** Vital signs measured within 8 h of `t`; systolic and mean pressure are one. */
function recentVitalSigns(state: TrendState, t: number): number {
  const recent = [...VITAL_SIGNS].filter((name) => state[name]?.some(([at]) => at <= t && t - at <= EIGHT_HOURS));
  const pressures = recent.filter((name) => name.endsWith('-pressure')).length;
  return recent.length - Math.max(0, pressures - 1);
}

/**
 * Risk of deterioration at `t` (ms) by the model of docs/clinical/rules/deterioration-trend.md: adults in intensive or close
 * ward care, from vital signs and, where there are any, laboratory values. Refuses with fewer than three vital signs in 8 h.
 * Without `ageYears` the patient is taken for an adult. Pure: the same state and time give the same answer.
 */
export function trendRisk(state: TrendState, t: number, context: TrendContext = {}): TrendRisk {
  const { version, intercept } = DETERIORATION_TREND;
  const contributions: TrendContribution[] = [];
  const missing: TrendVariable[] = [];
  for (const name of VARIABLES) {
    const chart = knownAt(state, name, t);
    if (!chart) missing.push(name);
    else
      contributions.push({
        name,
        value: chart.last,
        unit: TREND_VARIABLES[name].unit,
        at: chart.at,
        age: t - chart.at,
        contribution: contributionOf(DETERIORATION_TREND, name, chart),
      });
  }
  const refused = (reason: Extract<TrendRisk, { kind: 'refused' }>['reason']) =>
    ({ kind: 'refused', version, reason, missing }) as const;
  if (!Number.isFinite(t)) return refused('bad-time');
  if (context.ageYears !== undefined && !(context.ageYears >= 16)) return refused('under-16');
  if (context.pregnant === true) return refused('pregnant');
  if (recentVitalSigns(state, t) < MIN_VITAL_SIGNS) return refused('too-few-vital-signs');
  const score = contributions.reduce((sum, { contribution }) => sum + contribution, intercept);
  return { kind: 'risk', version, score, band: bandOf(score), intercept, contributions, missing };
}
