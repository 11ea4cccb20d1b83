import type { Stay } from './sepsis2019-stays.js';

/** Alerts of one policy on one stay: how many were raised, and in which rows one stood. */
interface Alerts {
  readonly raised: number;
  readonly standing: readonly boolean[];
}

/** Plain limits as bedside monitors and wards use them; every crossing is an alert. */
const PLAIN_LIMITS: ReadonlyArray<readonly [column: string, beyond: (value: number) => boolean]> = [
  ['HR', (value) => value > 120 || value < 40],
  ['O2Sat', (value) => value < 90],
  ['SBP', (value) => value < 90],
  ['Resp', (value) => value > 25],
  ['Temp', (value) => value > 38.5],
];

/** Hours before the first label from which an alert is for this event: with the label's own 6 h, 12 h before onset. */
const HOURS_BEFORE_LABEL = 6;
/** The twin's refractory time of this rule: a return within it, and no worse, does not page again. */
const REFRACTORY_HOURS = 12;

function plainAlerts(stay: Stay): Alerts {
  const beyond = new Set<string>();
  let raised = 0;
  const standing = stay.rows.map(({ values }) => {
    for (const [column, isBeyond] of PLAIN_LIMITS) {
      const value = values.get(column);
      if (value === undefined) continue;
      if (!isBeyond(value)) beyond.delete(column);
      else if (!beyond.has(column)) {
        beyond.add(column);
        raised++;
      }
    }
    return beyond.size > 0;
  });
  return { raised, standing };
}

/** One alert from `raise` until under `clear`; a return within the refractory time stands again but is not a new alert. */
function trendAlerts(
  stay: Stay,
  scores: readonly number[],
  limits: { readonly raise: number; readonly clear: number },
): Alerts {
  let stands = false;
  let ended = Number.NEGATIVE_INFINITY;
  let raised = 0;
  const standing = scores.map((score, i) => {
    if (!stands && score >= limits.raise) {
      stands = true;
      if (stay.rows[i]!.hour - ended > REFRACTORY_HOURS) raised++;
    } else if (stands && score < limits.clear) {
      stands = false;
      ended = stay.rows[i]!.hour;
    }
    return stands;
  });
  return { raised, standing };
}

/** A stay with its truth and the trend's score row by row. */
export interface ScoredStay {
  readonly stay: Stay;
  readonly labels: readonly boolean[];
  readonly scores: readonly number[];
}

/** Load of a policy. */
export interface Load {
  readonly alerts: number;
  /** Septic stays caught. */
  readonly events: number;
  /** Stays with any alert. */
  readonly stays: number;
  readonly alertsPerDay: number;
  /** Share of all hours in which an alert stood. */
  readonly standing: number;
}

export function plainLoad(stays: readonly ScoredStay[]): Load {
  return loadOf(stays, ({ stay }) => plainAlerts(stay));
}

export function trendLoad(
  stays: readonly ScoredStay[],
  limits: { readonly raise: number; readonly clear: number },
): Load {
  return loadOf(stays, ({ stay, scores }) => trendAlerts(stay, scores, limits));
}

/** The trend at the highest limit that catches as many septic stays as the plain limits do; `margin` = raise - clear. */
export function loadAtEqualEvents(stays: readonly ScoredStay[], margin: number): Load {
  const wanted = plainLoad(stays).events;
  const scores = stays.flatMap((stay) => stay.scores).sort((a, b) => b - a);
  const limits = Array.from({ length: 400 }, (_, i) => scores[Math.floor((i / 400) * scores.length)] ?? 0);
  const raise = limits.find((limit) => trendLoad(stays, { raise: limit, clear: limit - margin }).events >= wanted);
  const limit = raise ?? Number.NEGATIVE_INFINITY;
  return trendLoad(stays, { raise: limit, clear: limit - margin });
}

function loadOf(stays: readonly ScoredStay[], policy: (stay: ScoredStay) => Alerts): Load {
  const alerts = stays.map(policy);
  const raised = alerts.reduce((sum, alert) => sum + alert.raised, 0);
  const hours = alerts.reduce((sum, alert) => sum + alert.standing.length, 0);
  return {
    alerts: raised,
    events: stays.filter((stay, i) => caught(stay, alerts[i]!)).length,
    stays: alerts.filter((alert) => alert.raised > 0).length,
    alertsPerDay: (24 * raised) / hours,
    standing: alerts.reduce((sum, alert) => sum + alert.standing.filter(Boolean).length, 0) / hours,
  };
}

/** Whether an alert stood at some time from 12 h before onset to the end of the labelled hours. */
function caught({ stay, labels }: ScoredStay, { standing }: Alerts): boolean {
  const first = labels.indexOf(true);
  if (first < 0) return false;
  const from = stay.rows[first]!.hour - HOURS_BEFORE_LABEL;
  return standing.some((stands, i) => stands && stay.rows[i]!.hour >= from && (i < first || labels[i] === true));
}
