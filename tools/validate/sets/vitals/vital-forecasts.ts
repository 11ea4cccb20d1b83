import type { Distribution } from '#libs/domain/forecasting';
import { distributionAt, featuresOf, VITAL_MODEL, VITAL_SIGNS, type VitalSign } from '#libs/domain/vital-forecast';
import type { Detection } from '../../set.js';
import type { Stay } from '../sepsis/sepsis2019-stays.js';
import { crpsBeside, figuresOf } from './forecast-figures.js';
import { isHeldApart, subjectOf, vitalMoments } from './vital-moments.js';

const SCORED: readonly VitalSign[] = VITAL_SIGNS.filter(({ name }) =>
  ['heart-rate', 'respiratory-rate', 'mean-pressure', 'oxygen-saturation'].includes(name),
);
const MINUTES: readonly number[] = [60, 180, 360];
const LEVELS = ['0.025', '0.1', '0.5', '0.9', '0.975'] as const;

interface Ahead {
  readonly sign: VitalSign;
  readonly hour: number;
  readonly minutes: number;
  readonly now: number;
  readonly distribution: Distribution;
}

/**
 * The forecasts of a stay at each hour with a value, from that hour's values and earlier ones. The file only: the first value of a stay, for which the stream
 * refuses, is forecast too.
 */
function* ahead(stay: Stay): Iterable<Ahead> {
  const about = subjectOf(stay);
  for (const { hour, values, memory } of vitalMoments(stay)) {
    for (const sign of SCORED) {
      const now = values.get(sign.code);
      const features = now === undefined ? undefined : featuresOf(memory, sign, about);
      if (now === undefined || features === undefined) continue;
      for (const horizon of VITAL_MODEL.signs[sign.code]!.horizons) {
        const { minutes } = horizon;
        if (!MINUTES.includes(minutes)) continue;
        yield { sign, hour, minutes, now, distribution: distributionAt(VITAL_MODEL, sign, horizon, features) };
      }
    }
  }
}

export function* forecastLines(stay: Stay): Iterable<Detection> {
  for (const { sign, hour, minutes, distribution } of ahead(stay)) {
    const { mean, quantiles } = distribution;
    yield {
      record: stay.record,
      kind: 'forecast',
      code: sign.name,
      at: hour * 3600,
      minutes,
      value: rounded(mean),
      quantiles: Object.fromEntries(LEVELS.map((level) => [level, rounded(quantiles[level])])),
    };
  }
}

/** Figures of the stays that nothing is fitted on, by vital sign; values that no monitor can show are not forecast truth. */
export function forecastMetrics(set: string, stays: readonly Stay[]): Readonly<Record<string, number>> {
  const apart = stays.filter(({ record }) => isHeldApart(record));
  const all = apart.flatMap((stay) => {
    const values = new Map([...vitalMoments(stay)].map((moment) => [moment.hour, moment.values]));
    return [...ahead(stay)].flatMap(({ sign, hour, minutes, now, distribution }) => {
      const actual = values.get(hour + minutes / 60)?.get(sign.code);
      const { least, most } = sign.bounds;
      if (actual === undefined || !(actual >= least && actual <= most && now >= least && now <= most)) return [];
      return [{ code: sign.name, minutes, now, actual, ...distribution }];
    });
  });
  const metrics: Record<string, number> = {};
  for (const { name } of SCORED) {
    const horizons = MINUTES.flatMap((minutes) => {
      const came = all.filter((one) => one.code === name && one.minutes === minutes);
      return came.length === 0 ? [] : [{ minutes, ...figuresOf(came), ...crpsBeside(came) }];
    });
    if (horizons.length === 0) continue;
    const key = `${set}.${name}`;
    for (const { minutes, skill, rmse } of horizons) {
      metrics[`${key}.${minutes}.rmse`] = rmse;
      metrics[`${key}.${minutes}.skill`] = skill;
    }
    metrics[`${key}.crps_ratio`] = Math.max(...horizons.map(({ crps, persistence }) => crps / persistence));
    metrics[`${key}.coverage_error`] = Math.max(
      ...horizons.flatMap(({ inside80, inside95 }) => [Math.abs(inside80 - 80), Math.abs(inside95 - 95)]),
    );
  }
  return metrics;
}

/** Three decimals: under what any monitor shows, and independent of the last bit of a machine. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
