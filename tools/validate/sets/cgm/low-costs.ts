import { stepLowSoon, type LowName, type LowSoonState } from '#libs/domain/glucose';
import type { SensorFile } from './cgm-loop-files.js';
import { isLow, isUrgentLow, tellingOf, type Telling, type Watched } from './cgm-loop-scoring.js';
import { lowsForeseen, type LowRuleName } from './forecast-lows.js';
import type { ForecastRun } from './forecast-run.js';

/** Probabilities from which a low is reported. */
export const COST_LIMITS = [0.1, 0.14, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5] as const;
/** The rule whose forecast it is, with the name of its figures. */
export const COST_RULES = [
  { name: 'glucose-low-soon', low: 'low', isBeyond: isLow },
  { name: 'glucose-urgent-low-soon', low: 'urgentLow', isBeyond: isUrgentLow },
] as const satisfies readonly {
  readonly name: string;
  readonly low: LowName & LowRuleName;
  readonly isBeyond: (mgdl: number) => boolean;
}[];
export const COST_FORECASTS = ['logistic', 'distribution'] as const;
export const COST_FIGURES = ['told_percent', 'before_percent', 'median_lead', 'false_per_day'] as const;

const CLEAR = 0.7;

/**
 * What each lead costs, on the rows of LOOP marked `val`: by probability from which a low is reported, for the rule's own logistic forecast and for the probability that
 * the distribution of `glucose-forecast` gives. Keys: `cgm_loop.low_cost.<rule>.<forecast>.<limit>.<figure>`.
 */
export function lowCosts(
  sensors: readonly SensorFile[],
  runs: readonly ForecastRun[],
): Readonly<Record<string, number>> {
  const metrics: Record<string, number> = {};
  const put = (key: string, { events, leads, idle, days }: Telling): void => {
    const values = [
      (100 * leads.length) / events,
      (100 * leads.filter((lead) => lead > 0).length) / events,
      leads[leads.length >> 1] ?? Number.NaN,
      idle / days,
    ];
    for (const [i, figure] of COST_FIGURES.entries()) metrics[`${key}.${figure}`] = values[i]!;
  };
  for (const { name, low, isBeyond } of COST_RULES)
    for (const limit of COST_LIMITS) {
      const key = `cgm_loop.low_cost.${name}`;
      put(`${key}.logistic.${limit}`, tellingOf(watched(sensors, low, limit), name, isBeyond));
      put(
        `${key}.distribution.${limit}`,
        lowsForeseen(runs, sensors, low, limit, (t, from) => t >= from),
      );
    }
  return metrics;
}

/** Alerts of the logistic forecast at one limit, on the rows marked `val`; it runs over all rows. */
function watched(sensors: readonly SensorFile[], low: LowName, raise: number): readonly Watched[] {
  return sensors
    .filter(({ heldApartFrom }) => !Number.isNaN(heldApartFrom))
    .map((file): Watched => {
      const rule = low === 'low' ? 'glucose-low-soon' : 'glucose-urgent-low-soon';
      const episodes: { rule: string; at: number }[] = [];
      let state: LowSoonState | null = null;
      let wasOn = false;
      for (const { t, mgdl } of file.readings) {
        const step = stepLowSoon(state, t, mgdl, { [low]: { raise, clear: raise * CLEAR } });
        state = step.state;
        if (step.on[low] && !wasOn && t >= file.heldApartFrom) episodes.push({ rule, at: (t - file.start) / 1000 });
        wasOn = step.on[low];
      }
      const readings = file.readings.filter(({ t }) => t >= file.heldApartFrom);
      return { file: { ...file, readings }, run: { episodes, pages: [] } };
    });
}
