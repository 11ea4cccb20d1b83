import { readChart, type ChartSummary } from './trend-chart.js';
import { TREND_VARIABLES, type ChartEntry, type TrendState, type TrendVariable } from './trend-state.js';

const HOUR = 3_600_000;
/** A vital sign counts for a day, a laboratory value for three: they are drawn once a day or less. */
const CARRY_VITAL = 24 * HOUR;
const CARRY_LAB = 72 * HOUR;

/**
 * One term: how far a reading lies on the worrying side of `from`, in steps of `per`, 0..3. `logarithmic`: both are compared as
 * logarithms. Directions are set by clinical knowledge (SIRS, NEWS2, SOFA; Reyna 2020), never by the data.
 */
export interface TrendTerm {
  readonly variable: TrendVariable;
  readonly part: Exclude<keyof ChartSummary, 'at'>;
  readonly side: 'above' | 'below';
  readonly from: number;
  readonly per: number;
  readonly logarithmic?: true;
}

/** An order reflects clinical concern and counts as a feature; routine tests and vital signs do not. */
export const TELLING_WHEN_KNOWN: ReadonlySet<TrendVariable> = new Set([
  'inspired-oxygen',
  'ph',
  'paco2',
  'lactate',
  'bilirubin',
]);

export const VITAL_SIGNS: ReadonlySet<TrendVariable> = new Set([
  'heart-rate',
  'respiratory-rate',
  'body-temperature',
  'systolic-pressure',
  'mean-pressure',
  'oxygen-saturation',
]);

// oxfmt-ignore
export const TREND_TERMS: readonly TrendTerm[] = [
  { variable: 'heart-rate', part: 'last', side: 'above', from: 75, per: 20 },
  { variable: 'heart-rate', part: 'mean', side: 'above', from: 75, per: 20 },
  { variable: 'heart-rate', part: 'highest', side: 'above', from: 85, per: 20 },
  { variable: 'heart-rate', part: 'deviation', side: 'above', from: 0, per: 10 },
  { variable: 'respiratory-rate', part: 'last', side: 'above', from: 16, per: 6 },
  { variable: 'respiratory-rate', part: 'mean', side: 'above', from: 16, per: 6 },
  { variable: 'respiratory-rate', part: 'highest', side: 'above', from: 20, per: 6 },
  { variable: 'respiratory-rate', part: 'deviation', side: 'above', from: 0, per: 3 },
  { variable: 'body-temperature', part: 'last', side: 'above', from: 37, per: 0.8 },
  { variable: 'body-temperature', part: 'mean', side: 'above', from: 36.8, per: 0.8 },
  { variable: 'body-temperature', part: 'highest', side: 'above', from: 37.2, per: 0.8 },
  { variable: 'body-temperature', part: 'deviation', side: 'above', from: 0, per: 0.4 },
  { variable: 'body-temperature', part: 'last', side: 'below', from: 36.6, per: 0.6 },
  { variable: 'body-temperature', part: 'lowest', side: 'below', from: 36.4, per: 0.6 },
  { variable: 'systolic-pressure', part: 'last', side: 'below', from: 120, per: 20 },
  { variable: 'systolic-pressure', part: 'mean', side: 'below', from: 125, per: 20 },
  { variable: 'systolic-pressure', part: 'lowest', side: 'below', from: 105, per: 15 },
  { variable: 'systolic-pressure', part: 'deviation', side: 'below', from: 0, per: 15 },
  { variable: 'mean-pressure', part: 'last', side: 'below', from: 80, per: 12 },
  { variable: 'mean-pressure', part: 'mean', side: 'below', from: 80, per: 12 },
  { variable: 'mean-pressure', part: 'lowest', side: 'below', from: 70, per: 10 },
  { variable: 'oxygen-saturation', part: 'last', side: 'below', from: 96, per: 3 },
  { variable: 'oxygen-saturation', part: 'lowest', side: 'below', from: 94, per: 3 },
  { variable: 'inspired-oxygen', part: 'last', side: 'above', from: 21, per: 30 },
  { variable: 'ph', part: 'last', side: 'below', from: 7.38, per: 0.07 },
  { variable: 'ph', part: 'last', side: 'above', from: 7.4, per: 0.06 },
  { variable: 'paco2', part: 'last', side: 'below', from: 38, per: 6 },
  { variable: 'urea-nitrogen', part: 'last', side: 'above', from: 12, per: 0.7, logarithmic: true },
  { variable: 'urea-nitrogen', part: 'change', side: 'above', from: 0, per: 0.3 },
  { variable: 'creatinine', part: 'last', side: 'above', from: 0.8, per: 0.7, logarithmic: true },
  { variable: 'creatinine', part: 'change', side: 'above', from: 0, per: 0.3 },
  { variable: 'glucose', part: 'last', side: 'above', from: 130, per: 50 },
  { variable: 'glucose', part: 'last', side: 'below', from: 80, per: 20 },
  { variable: 'lactate', part: 'last', side: 'above', from: 1, per: 1.5 },
  { variable: 'lactate', part: 'change', side: 'above', from: 0, per: 0.5 },
  { variable: 'bilirubin', part: 'last', side: 'above', from: 0.5, per: 1, logarithmic: true },
  { variable: 'white-cells', part: 'last', side: 'above', from: 9, per: 5 },
  { variable: 'white-cells', part: 'last', side: 'below', from: 5, per: 2 },
  { variable: 'platelets', part: 'last', side: 'below', from: 200, per: 80 },
];

/** Fitted numbers for TREND_TERMS. */
export interface TrendModel {
  /** Semantic version of weights and terms together. */
  readonly version: string;
  /** The score when nothing is known. */
  readonly intercept: number;
  /** Added when the measurement is there at all: the weights of TELLING_WHEN_KNOWN. */
  readonly known: Readonly<Partial<Record<TrendVariable, number>>>;
  /** Of each term, in their order: weight of a step, and the average steps of the patients it was fitted on. */
  readonly terms: ReadonlyArray<readonly [weight: number, average: number]>;
  /** A band is entered at `raise` and left under `clear`. */
  readonly bands: Readonly<Record<'medium' | 'high', { readonly raise: number; readonly clear: number }>>;
}

/** The terms of each measurement, with their place in TREND_TERMS. */
export const TERMS_OF: ReadonlyMap<TrendVariable, ReadonlyArray<readonly [TrendTerm, number]>> = new Map(
  (Object.keys(TREND_VARIABLES) as TrendVariable[]).map((variable) => [
    variable,
    TREND_TERMS.map((term, place) => [term, place] as const).filter(([term]) => term.variable === variable),
  ]),
);

/** Steps of one term, 0..3; undefined when its part is unknown. */
export function stepsOf(term: TrendTerm, chart: ChartSummary): number | undefined {
  const reading = chart[term.part];
  if (reading === undefined) return undefined;
  const beyond = term.logarithmic ? Math.log(reading / term.from) : reading - term.from;
  return Math.min(3, Math.max(0, (term.side === 'above' ? beyond : -beyond) / term.per));
}

/** What is known of one measurement at `t` (ms), or undefined when it is missing or too old to count. */
export function knownAt(state: TrendState, variable: TrendVariable, t: number): ChartSummary | undefined {
  return readChart(state[variable] ?? [], t, VITAL_SIGNS.has(variable) ? CARRY_VITAL : CARRY_LAB);
}

/** Steps of each term of one measurement, in the order of TREND_TERMS, with its chart as it was at `t` (ms); undefined: unknown. */
export function stepsOfChart(
  variable: TrendVariable,
  chart: readonly ChartEntry[],
  t: number,
): ReadonlyArray<number | undefined> {
  const summary = readChart(chart, t, VITAL_SIGNS.has(variable) ? CARRY_VITAL : CARRY_LAB);
  return TERMS_OF.get(variable)!.map(([term]) => summary && stepsOf(term, summary));
}

/** What a fit needs of one patient at one time: steps per term (undefined: unknown) and which telling measurements are there. */
export function trendSteps(
  state: TrendState,
  t: number,
): { readonly known: readonly boolean[]; readonly steps: ReadonlyArray<number | undefined> } {
  const charts = new Map([...TERMS_OF.keys()].map((variable) => [variable, knownAt(state, variable, t)]));
  return {
    known: [...TELLING_WHEN_KNOWN].map((variable) => charts.get(variable) !== undefined),
    steps: TREND_TERMS.map((term) => {
      const chart = charts.get(term.variable);
      return chart && stepsOf(term, chart);
    }),
  };
}
