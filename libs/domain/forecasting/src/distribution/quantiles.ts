/** Levels of the quantiles of every forecast, ascending. */
export const QUANTILE_LEVELS = ['0.025', '0.1', '0.25', '0.5', '0.75', '0.9', '0.975'] as const;

const LEVELS = QUANTILE_LEVELS.map(Number);

export type QuantileLevel = (typeof QUANTILE_LEVELS)[number];

export type Quantiles = Readonly<Record<QuantileLevel, number>>;

/** Quantiles by level; made ascending, because estimates of each by itself may cross (Chernozhukov et al., Econometrica 2010;78:1093: sorting never makes them worse). */
export function quantilesOf(quantileAt: (level: number, place: number) => number): Quantiles {
  const values = LEVELS.map((level, place) => quantileAt(level, place));
  for (let i = 1; i < values.length; i++) {
    if (values[i]! >= values[i - 1]!) continue;
    values.sort((a, b) => a - b);
    break;
  }
  return {
    '0.025': values[0]!,
    '0.1': values[1]!,
    '0.25': values[2]!,
    '0.5': values[3]!,
    '0.75': values[4]!,
    '0.9': values[5]!,
    '0.975': values[6]!,
  };
}

/**
 * Continuous ranked probability score from the seven quantiles: twice the mean pinball loss (Gneiting and Raftery, J Am Stat Assoc 2007;102:359, §4.1;
 * the integral over levels as a mean of seven). In the unit of the value; smaller is better.
 */
export function crpsOf(quantiles: Quantiles, actual: number): number {
  let sum = 0;
  for (const level of QUANTILE_LEVELS) {
    const p = Number(level);
    const above = actual - quantiles[level];
    sum += above >= 0 ? p * above : (p - 1) * above;
  }
  return (2 * sum) / QUANTILE_LEVELS.length;
}
