/** Metrics of a sensor's readings over a window (Battelino et al., Diabetes Care 2019;42:1593; Klonoff et al. 2023 for GRI). */
import { excursions } from './excursions.js';

export interface GlucoseReading {
  /** ms since 1970 */
  readonly t: number;
  readonly mgdl: number;
}

/** Per cent of readings in each range, mg/dL; the ranges of adults, or of pregnancy (63 to 140). */
export interface GlucoseMetrics {
  readonly kind: 'metrics';
  readonly readings: number;
  /** Days from the first to the last reading. */
  readonly days: number;
  /** Per cent of the readings that the sensor's usual pace would have given over these days. */
  readonly activePercent: number;
  readonly mean: number;
  readonly sd: number;
  readonly cvPercent: number;
  /** Glucose management indicator, %: 3.31 + 0.02392 x mean. */
  readonly gmiPercent: number;
  readonly inRangePercent: number;
  readonly below54Percent: number;
  readonly belowRangePercent: number;
  readonly aboveRangePercent: number;
  readonly above250Percent: number;
  readonly lbgi: number;
  readonly hbgi: number;
  /** Glycemia risk index, 0 to 100. */
  readonly gri: number;
  /** Events of 15 min and more: under `low` (70, in pregnancy 63) and 54, of these over two hours without a break; over `high` (180, 140) and 250. */
  readonly events: {
    readonly low: number;
    readonly veryLow: number;
    readonly prolongedLow: number;
    readonly high: number;
    readonly veryHigh: number;
  };
  readonly warnings: readonly ('under-70-percent-active' | 'under-14-days')[];
}

export interface MetricsRefusal {
  readonly kind: 'refused';
  readonly reason: 'no-readings';
}

const DAY = 86_400_000;
const MINUTE = 60_000;

/**
 * Metrics of readings in any order; values that are no number are left out, and of one moment the last counts. Per cents are shares of
 * readings, as the consensus counts them. `pregnancy` changes the target range to 63 to 140 and "low" to under 63.
 */
export function glucoseMetrics(
  given: readonly GlucoseReading[],
  { pregnancy = false }: { readonly pregnancy?: boolean } = {},
): GlucoseMetrics | MetricsRefusal {
  const byTime = new Map(
    given.filter(({ t, mgdl }) => Number.isFinite(t) && mgdl > 0 && mgdl < 2000).map(({ t, mgdl }) => [t, mgdl]),
  );
  const times = [...byTime.keys()].sort((a, b) => a - b);
  const values = times.map((t) => byTime.get(t)!);
  const n = values.length;
  if (n === 0) return { kind: 'refused', reason: 'no-readings' };
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const sd = n < 2 ? 0 : Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
  const share = (holds: (x: number) => boolean): number => (100 * values.filter(holds).length) / n;
  const [low, high] = pregnancy ? ([63, 140] as const) : ([70, 180] as const);
  const days = (times.at(-1)! - times[0]!) / DAY;
  const pace = usualPace(times);
  const activePercent = pace === null ? 100 : Math.min(100, (100 * n) / (Math.round((days * DAY) / pace) + 1));
  const risk = values.map(riskOf);
  const veryLow = share((x) => x < 54);
  const veryHigh = share((x) => x > 250);
  const readings = times.map((t, i) => ({ t, mgdl: values[i]! }));
  const eventsOf = (isBeyond: (x: number) => boolean) => excursions(readings, pace ?? 0, isBeyond);
  const lows = eventsOf((x) => x < low);
  return {
    kind: 'metrics',
    readings: n,
    days,
    activePercent,
    mean,
    sd,
    cvPercent: (100 * sd) / mean,
    gmiPercent: 3.31 + 0.02392 * mean,
    inRangePercent: share((x) => x >= low && x <= high),
    below54Percent: veryLow,
    belowRangePercent: share((x) => x < low),
    aboveRangePercent: share((x) => x > high),
    above250Percent: veryHigh,
    lbgi: risk.reduce((sum, f) => sum + (f < 0 ? 10 * f * f : 0), 0) / n,
    hbgi: risk.reduce((sum, f) => sum + (f > 0 ? 10 * f * f : 0), 0) / n,
    gri: Math.min(
      100,
      3 * veryLow + 2.4 * share((x) => x >= 54 && x < 70) + 1.6 * veryHigh + 0.8 * share((x) => x > 180 && x <= 250),
    ),
    events: {
      low: lows.events,
      veryLow: eventsOf((x) => x < 54).events,
      prolongedLow: lows.prolonged,
      high: eventsOf((x) => x > high).events,
      veryHigh: eventsOf((x) => x > 250).events,
    },
    warnings: [
      ...(activePercent < 70 ? (['under-70-percent-active'] as const) : []),
      ...(days < 13.5 ? (['under-14-days'] as const) : []),
    ],
  };
}

/** Kovatchev's symmetric scale of blood glucose (Diabetes Care 1997;20:1655). */
function riskOf(mgdl: number): number {
  return 1.509 * (Math.log(mgdl) ** 1.084 - 5.381);
}

/** Median step between readings, ms, to whole minutes; null for a single reading. */
function usualPace(times: readonly number[]): number | null {
  if (times.length < 2) return null;
  const steps = times.slice(1).map((t, i) => t - times[i]!);
  const median = steps.toSorted((a, b) => a - b)[steps.length >> 1]!;
  return Math.max(MINUTE, Math.round(median / MINUTE) * MINUTE);
}
