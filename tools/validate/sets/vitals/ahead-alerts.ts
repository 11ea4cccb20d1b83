import { DETERIORATION_TREND, trendRisk } from '#libs/domain/deterioration';
import { deteriorationRisk, isUnstable } from '#libs/domain/vital-forecast';
import { bedsideScores } from '../sepsis/sepsis2019-scores.js';
import type { Stay } from '../sepsis/sepsis2019-stays.js';
import { trendStates } from '../sepsis/sepsis2019-trend.js';
import { isHeldApart, subjectOf, vitalMoments } from './vital-moments.js';

/** As the risk has it: instability begins after so many stable hours, with a second unstable set within so many hours. */
const STABLE_HOURS = 4;
const AHEAD_HOURS = 12;
/** The twin's refractory time of these rules: a return within it does not page again. */
const REFRACTORY_HOURS = 12;

interface Policy {
  /** In names of figures. */
  readonly name: string;
  /** In the table. */
  readonly title: string;
  readonly raise: number;
  readonly clear: number;
  /** Row by row; -Infinity: refused. */
  readonly scores: (stay: Stay) => readonly number[];
}

const { medium } = DETERIORATION_TREND.bands;

/** Bands of the rules as they are shipped: nothing was chosen here. */
export const AHEAD_POLICIES: readonly Policy[] = [
  {
    name: 'deterioration-ahead',
    title: '`deterioration-ahead` from 0.25, in shadow',
    raise: 0.25,
    clear: 0.2,
    scores: risks,
  },
  {
    name: 'deterioration-trend',
    title: '`deterioration-trend`, medium (fitted here too, for sepsis only)',
    ...medium,
    scores: trends,
  },
  { name: 'news2-5', title: 'NEWS2 of 5 and over', raise: 5, clear: 5, scores: news2 },
  { name: 'news2-7', title: 'NEWS2 of 7 and over', raise: 7, clear: 7, scores: news2 },
];

function risks(stay: Stay): readonly number[] {
  const about = subjectOf(stay);
  return [...vitalMoments(stay)].map(({ memory }) => {
    const risk = deteriorationRisk(memory, about);
    return risk.kind === 'risk' ? risk.probability : Number.NEGATIVE_INFINITY;
  });
}

function trends(stay: Stay): readonly number[] {
  return [...trendStates(stay)].map(({ t, state }) => {
    const risk = trendRisk(state, t, {});
    return risk.kind === 'risk' ? risk.score : Number.NEGATIVE_INFINITY;
  });
}

function news2(stay: Stay): readonly number[] {
  return bedsideScores(stay).map((row) => row.find(([rule]) => rule === 'news2')![1]);
}

/** Rows in which instability begins. */
function onsetsOf(stay: Stay): readonly number[] {
  const moments = [...vitalMoments(stay)];
  const unstable = moments.map(({ values }) => isUnstable(values));
  return moments.flatMap(({ hour }, i) => {
    if (unstable[i] !== true) return [];
    const within = (from: number, until: number): boolean =>
      moments.some((other, j) => unstable[j] === true && other.hour - hour >= from && other.hour - hour <= until);
    return !within(-STABLE_HOURS, -1) && within(1, AHEAD_HOURS) && hour > STABLE_HOURS ? [i] : [];
  });
}

/** Rows in which an alert is raised, and rows in which one stands. */
function alertsOf({ raise, clear }: Policy, stay: Stay, scores: readonly number[]) {
  let stands = false;
  let ended = Number.NEGATIVE_INFINITY;
  const raised: number[] = [];
  const standing = scores.map((score, i) => {
    const { hour } = stay.rows[i]!;
    if (!stands && score >= raise) {
      stands = true;
      if (hour - ended > REFRACTORY_HOURS) raised.push(i);
    } else if (stands && score < clear) {
      stands = false;
      ended = hour;
    }
    return stands;
  });
  return { raised, standing };
}

/**
 * On the stays that nothing of the risk is fitted on: of the times at which vital signs become unstable how many had an alert standing in the 12 h before, at how many
 * alerts a day, how long before in the median, and how many of all hours have an alert. The trend was fitted on these stays too, on another label.
 */
export function aheadAlertMetrics(set: string, stays: readonly Stay[]): Readonly<Record<string, number>> {
  const apart = stays.filter(({ record }) => isHeldApart(record));
  const onsets = apart.map(onsetsOf);
  const events = onsets.reduce((sum, one) => sum + one.length, 0);
  if (events === 0) return {};
  const hours = apart.reduce((sum, { rows }) => sum + rows.length, 0);
  const metrics: Record<string, number> = { [`${set}.ahead.events`]: events };
  for (const policy of AHEAD_POLICIES) {
    let [raised, stood] = [0, 0];
    const leads: number[] = [];
    apart.forEach((stay, s) => {
      const alerts = alertsOf(policy, stay, policy.scores(stay));
      raised += alerts.raised.length;
      stood += alerts.standing.filter(Boolean).length;
      for (const onset of onsets[s]!) {
        const at = stay.rows[onset]!.hour;
        const first = alerts.standing.findIndex(
          (stands, i) => stands && i < onset && at - stay.rows[i]!.hour <= AHEAD_HOURS,
        );
        if (first >= 0) leads.push(at - stay.rows[first]!.hour);
      }
    });
    const key = `${set}.ahead.${policy.name}`;
    metrics[`${key}.told_percent`] = (100 * leads.length) / events;
    metrics[`${key}.alerts_per_day`] = (24 * raised) / hours;
    metrics[`${key}.standing_percent`] = (100 * stood) / hours;
    if (leads.length > 0) metrics[`${key}.median_lead_hours`] = leads.sort((a, b) => a - b)[leads.length >> 1]!;
  }
  return metrics;
}
