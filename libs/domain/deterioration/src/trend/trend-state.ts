/**
 * What the deterioration trend remembers of a patient: like a nurse's chart, one value per measurement and clock hour, the newest
 * 24 of them. Plain data, bounded (16 x 24 pairs), and the same whatever order or batches the values came in.
 */

const HOUR = 3_600_000;
const KEPT_HOURS = 24;

/**
 * Measurements the model knows, their units (UCUM) and what is possible (adults; vital signs as in docs/clinical/plausibility.md,
 * laboratory limits are engineering defaults that only keep out artefacts). Inspired oxygen is in %; under 21 % cannot be.
 */
export const TREND_VARIABLES = {
  'heart-rate': { unit: '/min', possible: [10, 300] },
  'respiratory-rate': { unit: '/min', possible: [2, 80] },
  'body-temperature': { unit: 'Cel', possible: [25, 45] },
  'systolic-pressure': { unit: 'mm[Hg]', possible: [10, 300] },
  'mean-pressure': { unit: 'mm[Hg]', possible: [5, 250] },
  'oxygen-saturation': { unit: '%', possible: [40, 100] },
  'inspired-oxygen': { unit: '%', possible: [21, 100] },
  ph: { unit: '[pH]', possible: [6.5, 8] },
  paco2: { unit: 'mm[Hg]', possible: [5, 200] },
  'urea-nitrogen': { unit: 'mg/dL', possible: [1, 300] },
  creatinine: { unit: 'mg/dL', possible: [0.1, 50] },
  glucose: { unit: 'mg/dL', possible: [13, 1000] },
  lactate: { unit: 'mmol/L', possible: [0.1, 40] },
  bilirubin: { unit: 'mg/dL', possible: [0.1, 80] },
  'white-cells': { unit: '10*3/uL', possible: [0.1, 500] },
  platelets: { unit: '10*3/uL', possible: [1, 2000] },
} as const satisfies Record<string, { readonly unit: string; readonly possible: readonly [number, number] }>;

export type TrendVariable = keyof typeof TREND_VARIABLES;

/** Time (ms) and value of the last measurement within one clock hour. */
export type ChartEntry = readonly [t: number, value: number];

/** One entry per clock hour, ascending in time, at most 24 per measurement. */
export type TrendState = Readonly<Partial<Record<TrendVariable, readonly ChartEntry[]>>>;

/** A patient nothing is known of. */
export const EMPTY_TREND: TrendState = {};

/** One measurement: `t` ms since 1970, `value` in the unit of TREND_VARIABLES. */
export interface TrendInput {
  readonly t: number;
  readonly name: string;
  readonly value: number;
}

function hourOf(t: number): number {
  return Math.floor(t / HOUR);
}

function isVariable(name: string): name is TrendVariable {
  return Object.hasOwn(TREND_VARIABLES, name);
}

/**
 * The state with one measurement charted. Of one clock hour the newest value counts (a tie: the last one received). A name the model
 * does not know, a time or value that is not finite and an impossible value leave the state as it is: such a value is missing,
 * and listed as missing by `trendRisk`.
 */
export function observeTrend(state: TrendState, { t, name, value }: TrendInput): TrendState {
  if (!isVariable(name) || !Number.isFinite(t)) return state;
  const [least, most] = TREND_VARIABLES[name].possible;
  if (!(value >= least && value <= most)) return state;
  const hour = hourOf(t);
  const chart = state[name] ?? [];
  let place = chart.length;
  while (place > 0 && hourOf(chart[place - 1]![0]) > hour) place--;
  const before = chart[place - 1];
  const charted = before !== undefined && hourOf(before[0]) === hour;
  if (charted && before[0] > t) return state;
  const entry: ChartEntry = [t, value];
  const next = [...chart.slice(0, charted ? place - 1 : place), entry, ...chart.slice(place)];
  return { ...state, [name]: next.slice(-KEPT_HOURS) };
}
