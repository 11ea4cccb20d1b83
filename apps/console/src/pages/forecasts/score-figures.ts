import type { paths } from '../../api/generated/schema.js';
import type { Cell } from '../../figures/table/csv.js';
import type { FigureData } from '../../figures/figure-data.js';

export type Score =
  paths['/v1/forecast-scores']['get']['responses'][200]['content']['application/json']['items'][number];

export const GROUPINGS = ['age-band', 'sex', 'patient'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** A score as a number over the horizon; null: there is none. */
export type Figure = (score: Score) => number | null;

/** Scores by horizon, a line for each model and group. `axis`: title of the horizon. */
export function byHorizon(scores: readonly Score[], axis: string, figure: Figure): FigureData<number> {
  const lines = [...new Set(scores.map(lineOf))].sort();
  const horizons = [...new Set(scores.map(({ minutes }) => minutes))].sort((a, b) => a - b);
  const found = new Map(scores.map((score) => [`${lineOf(score)} ${score.minutes}`, figure(score)]));
  return {
    axis,
    series: lines,
    rows: horizons.map((minutes) => ({
      place: minutes,
      values: lines.map((line) => found.get(`${line} ${minutes}`) ?? null),
    })),
  };
}

/** Name of the line that a score is on. */
function lineOf({ model, group }: Score): string {
  return group === 'all' ? model : `${model}, ${group}`;
}

/** One row of the ledger's table. */
export function scoreCells(score: Score): readonly Cell[] {
  const { model, group, minutes, n, unscored, rmse, mae, bias, crps, coverage, skill, zones } = score;
  return [
    model,
    group,
    minutes,
    n,
    unscored,
    skill?.persistence ?? null,
    skill?.['population-mean'] ?? null,
    coverage?.['0.5'] ?? null,
    coverage?.['0.8'] ?? null,
    coverage?.['0.95'] ?? null,
    rmse,
    mae,
    bias,
    crps,
    zones === undefined ? null : shareOfAB(zones.clarke),
    zones === undefined ? null : shareOfAB(zones.parkes),
  ];
}

/** Share of the pairs in the zones A and B of an error grid; null without pairs. */
function shareOfAB({ A, B, C, D, E }: NonNullable<Score['zones']>['clarke']): number | null {
  const all = A + B + C + D + E;
  return all === 0 ? null : (A + B) / all;
}

/** The measures that have scores, those with the most pairs first. */
export function codesOf(scores: readonly Score[]): readonly string[] {
  const pairs = new Map<string, number>();
  for (const { code, n } of scores) pairs.set(code, (pairs.get(code) ?? 0) + n);
  return [...pairs].sort(([, a], [, b]) => b - a).map(([code]) => code);
}
