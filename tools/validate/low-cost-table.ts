import { COST_FIGURES, COST_FORECASTS, COST_LIMITS, COST_RULES } from './sets/cgm/low-costs.js';

/** The part of the page that shows what each lead of a predicted low costs; empty where it was not run. */
export function lowCostTable(metrics: Readonly<Record<string, number>>): readonly string[] {
  const rows = COST_RULES.flatMap(({ name }) =>
    COST_LIMITS.flatMap((limit) => {
      const figures = COST_FORECASTS.flatMap((forecast) =>
        COST_FIGURES.map((figure) => metrics[`${key(name)}.${forecast}.${limit}.${figure}`]),
      );
      const isRun = figures.some((value) => value !== undefined);
      return isRun ? [`| ${name} | ${limit} | ${figures.map(shown).join(' | ')} |`] : [];
    }),
  );
  if (rows.length === 0) return [];
  return [
    '## Predicted lows: what each lead costs',
    '',
    'LOOP, rows marked `val`. For each probability from which a low is reported: lows reported in time (60 min before to 10 min after their start), lows reported before',
    'their start, median lead, false alerts a day; by the logistic forecast of the rule, and by the probability of the distribution of `glucose-forecast`.',
    '',
    '| rule | from | logistic: in time, % | before, % | lead, min | false a day | distribution: in time, % | before, % | lead, min | false a day |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

/** Figures shown in the table, by the beginning of their names. */
export const LOW_COST = 'cgm_loop.low_cost.';

function key(rule: string): string {
  return `${LOW_COST}${rule}`;
}

function shown(value: number | undefined): string {
  return value === undefined ? '–' : String(Math.round(value * 100) / 100);
}
