import { AHEAD_POLICIES } from './sets/vitals/ahead-alerts.js';

/** Figures shown in the table, by the beginning of their names. */
export const AHEAD = 'sepsis2019.ahead.';

const FIGURES = ['told_percent', 'median_lead_hours', 'alerts_per_day', 'standing_percent'] as const;

/** The part of the page that shows which rules predict unstable vital signs, how long ahead and at what cost; empty where it was not run. */
export function aheadTable(metrics: Readonly<Record<string, number>>): readonly string[] {
  const events = metrics[`${AHEAD}events`];
  if (events === undefined) return [];
  return [
    '## Unstable vital signs ahead',
    '',
    `Stays of sepsis2019 that nothing of \`deterioration-risk\` is fitted on: ${events} times vital signs became unstable after four stable hours. Of these those with an alert standing at some`,
    'time in the 12 h before, the median time from its beginning (12 at most), alerts a day (a return within 12 h is none), and hours with an alert.',
    '',
    `| rule | of ${events}, % | lead, h | alerts a day | hours with an alert, % |`,
    '| --- | --- | --- | --- | --- |',
    ...AHEAD_POLICIES.map(
      ({ name, title }) =>
        `| ${title} | ${FIGURES.map((figure) => shown(metrics[`${AHEAD}${name}.${figure}`])).join(' | ')} |`,
    ),
    '',
  ];
}

function shown(value: number | undefined): string {
  return value === undefined ? '–' : String(Math.round(value * 1000) / 1000);
}
