import { QUIET, stepLow, type LowLimits, type LowState } from '#libs/domain/glucose';
import type { SensorFile } from './cgm-loop-files.js';
import { isLow, isUrgentLow, tellingOf, type Telling, type Watched } from './cgm-loop-scoring.js';
import type { ForecastRun } from './forecast-run.js';

const MINUTE = 60_000;
/** After a longer pause a rule begins anew, and a low that nobody predicted is reported after two readings: as the shipped rule has it (libs/domain/glucose/src/low-soon.ts). */
const GAP = 60 * MINUTE;
const LOW_FOR = 4.5 * MINUTE;
/** Share of the limit under which an alert begins to be over. */
const CLEAR = 0.7;

export const LOW_RULES = {
  low: { rule: 'glucose-low-ahead', isBeyond: isLow },
  urgentLow: {
    rule: 'glucose-urgent-low-ahead',
    isBeyond: isUrgentLow,
  },
} as const;
export type LowRuleName = keyof typeof LOW_RULES;

/** What a rule on the probability of the forecast reports, over the rows of the files that are held apart or all, with the lead and the cost of one limit. */
export function lowsForeseen(
  runs: readonly ForecastRun[],
  sensors: readonly SensorFile[],
  name: LowRuleName,
  raise: number,
  isScored: (t: number, heldApartFrom: number) => boolean,
): Telling {
  const { rule, isBeyond } = LOW_RULES[name];
  const all = sensors.flatMap((file): Watched[] => {
    const run = runs.find(({ file: { record } }) => record === file.record);
    if (run === undefined || Number.isNaN(file.heldApartFrom)) return [];
    const isIn = (t: number): boolean => isScored(t, file.heldApartFrom);
    const episodes = alertsOf(file, run, name, { raise, clear: raise * CLEAR }).filter((t) => isIn(t));
    return [
      {
        file: { ...file, readings: file.readings.filter(({ t }) => isIn(t)) },
        run: { episodes: episodes.map((t) => ({ rule, at: (t - file.start) / 1000 })), pages: [] },
      },
    ];
  });
  return tellingOf(all, rule, isBeyond);
}

/** Times at which the rule is raised, ms. */
function alertsOf(file: SensorFile, run: ForecastRun, name: LowRuleName, limits: LowLimits): readonly number[] {
  const { isBeyond } = LOW_RULES[name];
  const probabilities = new Map(run.forecasts.map((one) => [one.t, one.lows?.[name]]));
  const alerts: number[] = [];
  let state: LowState = QUIET;
  let before = Number.NEGATIVE_INFINITY;
  for (const { t, mgdl } of file.readings) {
    const from = t - before > GAP ? QUIET : state;
    before = t;
    state = stepLow(from, { t, isDown: isBeyond(mgdl), probability: probabilities.get(t) }, limits, LOW_FOR);
    if (state.on && !from.on) alerts.push(t);
  }
  return alerts;
}
