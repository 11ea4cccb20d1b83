/** Metrics of a sensor's readings over a window (Battelino et al., Diabetes Care 2019;42:1593; Klonoff et al. 2023 for GRI). */
import { excursions } from './excursions.js';
import { standing } from './standing.js';

export interface GlucoseReading {
  /** ms since 1970 */
  readonly t: number;
  readonly mgdl: number;
}

/** Per cent of the time measured in each range, mg/dL; the ranges of adults, or of pregnancy (63 to 140). */
export interface GlucoseMetrics {
  readonly kind: 'metrics';
  /** Without copies. */
  readonly readings: number;
  /** Days from the first to the last reading. */
  readonly days: number;
  /** Per cent of these days covered by readings. */
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

/** Time per reading of the sample for which the standard deviation is unbiased, ms: the usual pace of a sensor. */
const PACE = 5 * MINUTE;

/**
 * Metrics of readings in any order; values that are no number are left out. Everything is weighed by time: each reading counts for as
 * long as it is valid (`standing.ts`), so that the pace of a sensor, a change of pace, and copies of readings change nothing. At an even pace
 * that is the share of readings, as the consensus counts. `pregnancy` changes the target range to 63 to 140 and "low" to under 63.
 */
export function glucoseMetrics(
  given: readonly GlucoseReading[],
  { pregnancy = false }: { readonly pregnancy?: boolean } = {},
): GlucoseMetrics | MetricsRefusal {
  const readings = standing(given.filter(({ t, mgdl }) => Number.isFinite(t) && mgdl > 0 && mgdl < 2000));
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined) return { kind: 'refused', reason: 'no-readings' };
  const time = readings.reduce((sum, { stands }) => sum + stands, 0);
  const average = (of: (x: number) => number): number =>
    readings.reduce((sum, { mgdl, stands }) => sum + of(mgdl) * stands, 0) / time;
  const share = (holds: (x: number) => boolean): number => 100 * average((x) => (holds(x) ? 1 : 0));
  const mean = average((x) => x);
  const variance = average((x) => (x - mean) ** 2);
  const size = time / PACE;
  const sd = readings.length < 2 ? 0 : Math.sqrt(size > 1 ? (variance * size) / (size - 1) : variance);
  const [low, high] = pregnancy ? ([63, 140] as const) : ([70, 180] as const);
  const days = (last.t - first.t) / DAY;
  const activePercent = Math.min(100, (100 * time) / (last.t - first.t + last.stands));
  const veryLow = share((x) => x < 54);
  const veryHigh = share((x) => x > 250);
  const eventsOf = (isBeyond: (x: number) => boolean) => excursions(readings, isBeyond);
  const lows = eventsOf((x) => x < low);
  return {
    kind: 'metrics',
    readings: readings.length,
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
    lbgi: average((x) => 10 * Math.min(0, riskOf(x)) ** 2),
    hbgi: average((x) => 10 * Math.max(0, riskOf(x)) ** 2),
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
