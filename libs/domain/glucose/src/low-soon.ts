import { forecastLow, type LowForecast } from './forecast.js';
import { withReading, type History } from './history.js';
import { EARLY_LOW_SOON, LOW_SOON, URGENT_LOW_SOON, type LowLimits, type LowModel } from './models.js';

const MINUTE = 60_000;
/** How long it has to be gone before it is over. */
const OVER = 15 * MINUTE;
/** A forecast that has not come true within an hour is over: its horizon is half an hour. */
const EXPIRES = 60 * MINUTE;
/** After this long without readings no forecast is kept. */
const GAP = 60 * MINUTE;

/** What decides one of the rules. Values in mg/dL. */
interface LowRule {
  readonly model: LowModel;
  /** Under this it is no longer a forecast. */
  readonly isLow: (mgdl: number) => boolean;
  /** Time below the limit after which an unpredicted low is reported. */
  readonly lowFor: number;
}

/**
 * `low`: predicted < 70 within 30 min, or under 70 for 5 min without having been predicted: the fall was too fast, and the one who
 * waits for this rule must receive it. `earlyLow`: the same from a lower probability. `urgentLow`: predicted ≤ 55 within 20 min, or there for 5 min unpredicted.
 */
const RULES: Readonly<Record<LowName, LowRule>> = {
  low: { model: LOW_SOON, isLow: (x) => x < 70, lowFor: 4.5 * MINUTE },
  earlyLow: { model: EARLY_LOW_SOON, isLow: (x) => x < 70, lowFor: 4.5 * MINUTE },
  urgentLow: { model: URGENT_LOW_SOON, isLow: (x) => x <= 55, lowFor: 4.5 * MINUTE },
};
export type LowName = 'low' | 'earlyLow' | 'urgentLow';

/** One rule's memory: whether it is reported, since when it holds, since when it is absent, since when glucose is low. */
export interface LowState {
  readonly on: boolean;
  readonly since: number;
  readonly goneSince: number | null;
  readonly lowSince: number | null;
}

export interface LowSoonState {
  readonly history: History;
  readonly low: LowState;
  readonly earlyLow: LowState;
  readonly urgentLow: LowState;
}

export interface LowSoonStep {
  readonly state: LowSoonState;
  readonly on: Readonly<Record<LowName, boolean>>;
  /** Forecasts at this reading; undefined where there is too little history. */
  readonly forecasts: Readonly<Record<LowName, LowForecast | undefined>>;
}

export const QUIET: LowState = { on: false, since: 0, goneSince: null, lowSince: null };
const NEW: LowSoonState = { history: [], low: QUIET, earlyLow: QUIET, urgentLow: QUIET };
const UNKNOWN = { low: undefined, earlyLow: undefined, urgentLow: undefined };

/**
 * One reading of a glucose sensor on: `t` ms since 1970, `mgdl` in mg/dL. Readings must come in order of their time; one that is not
 * later than the newest, or is no number, changes nothing. The state is plain JSON, at most 31 readings. `limits`: in place of the models'.
 */
export function stepLowSoon(
  state: LowSoonState | null,
  t: number,
  mgdl: number,
  limits: Readonly<Partial<Record<LowName, LowLimits>>> = {},
): LowSoonStep {
  const before = state ?? NEW;
  const last = before.history.at(-1);
  const history = withReading(before.history, t, mgdl);
  if (history === before.history) return { state: before, on: onOf(before), forecasts: UNKNOWN };
  const isGap = last !== undefined && t - last[0] > GAP;
  const low = judge('low', isGap ? QUIET : before.low, history, limits.low);
  const earlyLow = judge('earlyLow', isGap ? QUIET : before.earlyLow, history, limits.earlyLow);
  const urgentLow = judge('urgentLow', isGap ? QUIET : before.urgentLow, history, limits.urgentLow);
  const after = { history, low: low.state, earlyLow: earlyLow.state, urgentLow: urgentLow.state };
  return {
    state: after,
    on: onOf(after),
    forecasts: { low: low.forecast, earlyLow: earlyLow.forecast, urgentLow: urgentLow.forecast },
  };
}

function onOf({ low, earlyLow, urgentLow }: LowSoonState): LowSoonStep['on'] {
  return { low: low.on, earlyLow: earlyLow.on, urgentLow: urgentLow.on };
}

function judge(
  name: LowName,
  before: LowState,
  history: History,
  asked: LowLimits | undefined,
): { readonly state: LowState; readonly forecast: LowForecast | undefined } {
  const { model, isLow, lowFor } = RULES[name];
  const [t, mgdl] = history.at(-1)!;
  const found = forecastLow(model, history);
  const forecast = found.kind === 'forecast' ? found : undefined;
  const moment = { t, isDown: isLow(mgdl), probability: forecast?.probability };
  return { state: stepLow(before, moment, asked ?? model.limits, lowFor), forecast };
}

/** One reading of one rule: its time (ms), whether it is low, and the probability of a low to come; undefined: not known. */
export interface LowMoment {
  readonly t: number;
  readonly isDown: boolean;
  readonly probability: number | undefined;
}

/** The rule's memory after a reading, whichever forecast it rests on. `lowFor`: time below the limit after which an unpredicted low is reported, ms. */
export function stepLow(
  before: LowState,
  { t, isDown, probability }: LowMoment,
  limits: LowLimits,
  lowFor: number,
): LowState {
  const lowSince = isDown ? (before.lowSince ?? t) : null;
  const isForeseen = probability !== undefined && probability >= limits.raise && !isDown;
  if (!before.on) {
    const on = isForeseen || (lowSince !== null && t - lowSince >= lowFor);
    return { on, since: t, goneSince: null, lowSince };
  }
  const since = isDown ? t : before.since;
  const isGone = !isDown && (probability === undefined || probability < limits.clear);
  const goneSince = isGone ? (before.goneSince ?? t) : null;
  const isOver = (goneSince !== null && t - goneSince >= OVER) || (!isDown && t - since >= EXPIRES);
  return isOver ? { ...QUIET, lowSince } : { on: true, since, goneSince, lowSince };
}
