import { scoresOf, scoreSums, type ScoredPair } from '#libs/domain/forecasting';
import { LISTED, type ForecastRun } from './forecast-run.js';
import { ridgeBaseline } from './ridge-baseline.js';

/** Of one person and one horizon, on the rows marked `val`. */
interface PersonScores {
  readonly record: string;
  readonly minutes: number;
  readonly pairs: readonly ScoredPair[];
  readonly rmse: number;
  readonly ridge: number;
  readonly inside80: number;
  readonly inside95: number;
}

/** Figures of a set on the rows marked `val`, on which no weight is fitted: means over people beside each person's own ridge regression; bands; risk zones. */
export function forecastScores(set: string, runs: readonly ForecastRun[]): Readonly<Record<string, number>> {
  const people = runs.flatMap(personScores);
  const metrics: Record<string, number> = {};
  const all80: number[] = [];
  for (const minutes of LISTED) {
    const own = people.filter((person) => person.minutes === minutes);
    if (own.length === 0) continue;
    const name = `${set}.forecast.${minutes}`;
    const mean = (of: (person: PersonScores) => number): number =>
      own.reduce((sum, person) => sum + of(person), 0) / own.length;
    const sums = scoreSums(own.flatMap(({ pairs }) => pairs));
    const { n, mae, bias, crps, coverage, skill } = scoresOf(sums);
    const percent = (zones: Readonly<Record<'A' | 'B', number>>): number => (100 * (zones.A + zones.B)) / n;
    Object.assign(metrics, {
      [`${name}.n`]: n,
      [`${name}.people`]: own.length,
      [`${name}.rmse_mean_of_people`]: mean(({ rmse }) => rmse),
      [`${name}.ridge_rmse_mean_of_people`]: mean(({ ridge }) => ridge),
      [`${name}.under_ridge_percent`]: 100 * (1 - mean(({ rmse }) => rmse) / mean(({ ridge }) => ridge)),
      [`${name}.mae`]: mae,
      [`${name}.bias`]: bias,
      [`${name}.crps`]: crps,
      [`${name}.skill_persistence`]: skill?.persistence ?? Number.NaN,
      [`${name}.inside50_percent`]: 100 * (coverage?.['0.5'] ?? Number.NaN),
      [`${name}.inside80_percent`]: 100 * (coverage?.['0.8'] ?? Number.NaN),
      [`${name}.inside95_percent`]: 100 * (coverage?.['0.95'] ?? Number.NaN),
      [`${name}.worst_person_inside80_off`]: worst(own.map(({ inside80 }) => inside80 - 80)),
      [`${name}.worst_person_inside95_off`]: worst(own.map(({ inside95 }) => inside95 - 95)),
      [`${name}.clarke_a_b_percent`]: percent(sums.clarke),
      [`${name}.parkes_a_b_percent`]: percent(sums.parkes),
    });
    for (const { record, rmse, ridge } of own) {
      metrics[`${name}.${record}.rmse`] = rmse;
      metrics[`${name}.${record}.ridge_rmse`] = ridge;
    }
    all80.push(
      Math.abs(100 * (coverage?.['0.8'] ?? Number.NaN) - 80),
      Math.abs(100 * (coverage?.['0.95'] ?? Number.NaN) - 95),
    );
  }
  if (people.length === 0) return {};
  metrics[`${set}.forecast.coverage_off`] = Math.max(...all80);
  metrics[`${set}.forecast.worst_person_coverage_off`] = Math.max(
    ...people.flatMap(({ inside80, inside95 }) => [Math.abs(inside80 - 80), Math.abs(inside95 - 95)]),
  );
  return metrics;
}

function worst(offs: readonly number[]): number {
  return offs.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
}

function personScores({ file, forecasts }: ForecastRun): readonly PersonScores[] {
  const ridge = ridgeBaseline(file, LISTED);
  return LISTED.flatMap((minutes) => {
    const pairs: ScoredPair[] = [];
    let squares = 0;
    for (const { t, isHeldApart, point, actual } of forecasts) {
      if (!isHeldApart || point.minutes !== minutes || actual === undefined) continue;
      const baseline = ridge.predict(t, minutes);
      if (baseline === undefined) continue;
      pairs.push({ ...point, actual });
      squares += (baseline - actual) ** 2;
    }
    if (pairs.length === 0) return [];
    const { rmse, coverage } = scoresOf(scoreSums(pairs));
    return [
      {
        record: file.record,
        minutes,
        pairs,
        rmse: rmse!,
        ridge: Math.sqrt(squares / pairs.length),
        inside80: 100 * coverage!['0.8'],
        inside95: 100 * coverage!['0.95'],
      },
    ];
  });
}
