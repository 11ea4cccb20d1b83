import { isLow } from '../../validate/sets/cgm/cgm-loop-scoring.js';
import type { SensorFile } from '../../validate/sets/cgm/cgm-loop-files.js';
import type { KnownEpisode } from '../../validate/sets/cgm/cgm-loop-replay.js';

/** As the shipped rule (libs/domain/glucose/src/low-soon.ts) has it, seconds. */
const OVER = 15 * 60;
const EXPIRES = 60 * 60;
const GAP = 60 * 60;
/** Under this share of both limits an alert begins to be over. */
const CLEAR = 0.7;

/** Forecasts at each reading of a file; undefined where there is too little history. */
export type Forecasts = readonly (number | undefined)[];

/** From which probabilities each forecast alerts (over 1: never), and how long it has been low before an unpredicted low is reported, s. */
export interface AlertLimits {
  readonly early: number;
  readonly imminent: number;
  readonly lowFor: number;
}

/** Alerts of two forecasts under one rule: either raises, both have to be gone. `rule` names them. */
export function alertsOf(
  { start, readings }: SensorFile,
  forecasts: { readonly early: Forecasts; readonly imminent: Forecasts },
  { early, imminent, lowFor }: AlertLimits,
  rule: string,
): readonly KnownEpisode[] {
  const alerts: KnownEpisode[] = [];
  let isOn = false;
  let before = Number.NaN;
  let since = 0;
  let goneSince: number | null = null;
  let lowSince: number | null = null;
  for (const [i, { t, mgdl }] of readings.entries()) {
    const at = (t - start) / 1000;
    const isDown = isLow(mgdl);
    const isOver = (share: number): boolean =>
      !isDown && ((forecasts.early[i] ?? 0) >= early * share || (forecasts.imminent[i] ?? 0) >= imminent * share);
    if (at - before > GAP) [isOn, lowSince] = [false, null];
    before = at;
    lowSince = isDown ? (lowSince ?? at) : null;
    if (!isOn) {
      if (!isOver(1) && !(lowSince !== null && at - lowSince >= lowFor)) continue;
      [isOn, since, goneSince] = [true, at, null];
      alerts.push({ rule, at });
      continue;
    }
    if (isDown) since = at;
    goneSince = isDown || isOver(CLEAR) ? null : (goneSince ?? at);
    if ((goneSince !== null && at - goneSince >= OVER) || (!isDown && at - since >= EXPIRES)) isOn = false;
  }
  return alerts;
}
