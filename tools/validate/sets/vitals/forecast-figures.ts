import {
  crpsOf,
  quantilesOf,
  residualAt,
  residualTable,
  type Distribution,
  type Quantiles,
} from '#libs/domain/forecasting';

/** One forecast beside what came. */
export interface Came {
  /** The newest value when it was made. */
  readonly now: number;
  readonly actual: number;
  readonly mean: number;
  readonly quantiles: Pick<Quantiles, '0.025' | '0.1' | '0.9' | '0.975'> & Partial<Quantiles>;
}

export interface Figures {
  readonly n: number;
  readonly rmse: number;
  /** 1 − RMSE / RMSE of persistence. */
  readonly skill: number;
  /** Shares inside, %. */
  readonly inside80: number;
  readonly inside95: number;
}

export function figuresOf(all: readonly Came[]): Figures {
  const rms = (error: (one: Came) => number): number =>
    Math.sqrt(all.reduce((sum, one) => sum + error(one) ** 2, 0) / all.length);
  const inside = (low: '0.025' | '0.1', high: '0.9' | '0.975'): number =>
    (100 * all.filter(({ quantiles, actual }) => actual >= quantiles[low] && actual <= quantiles[high]).length) /
    all.length;
  const rmse = rms(({ mean, actual }) => mean - actual);
  return {
    n: all.length,
    rmse,
    skill: 1 - rmse / rms(({ now, actual }) => now - actual),
    inside80: inside('0.1', '0.9'),
    inside95: inside('0.025', '0.975'),
  };
}

/** Mean CRPS of the forecasts, and of persistence with the quantiles of its own residuals on the same pairs (which flatters it). */
export function crpsBeside(all: ReadonlyArray<{ readonly now: number; readonly actual: number } & Distribution>): {
  readonly crps: number;
  readonly persistence: number;
} {
  const table = residualTable(all.map(({ now, actual }) => actual - now))!;
  const spread = quantilesOf((level) => residualAt(table, level));
  const moved = (now: number): Quantiles =>
    Object.fromEntries(Object.entries(spread).map(([level, x]) => [level, now + x])) as unknown as Quantiles;
  const mean = (of: (one: (typeof all)[number]) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return {
    crps: mean(({ quantiles, actual }) => crpsOf(quantiles, actual)),
    persistence: mean(({ now, actual }) => crpsOf(moved(now), actual)),
  };
}
