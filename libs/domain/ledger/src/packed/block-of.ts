import type { ForecastOutput } from '#libs/domain/forecasting';

const MINUTE = 60_000;

/** How long a block of forecasts is, ms: as long as the longest horizon, so that it holds enough of them to be small. */
export function blockLength({ minutes }: Pick<ForecastOutput, 'minutes'>): number {
  return Math.max(60, ...minutes) * MINUTE;
}

/** Start of the block that a forecast belongs to, by its effective time, ms. */
export function blockOf(issuedAt: number, output: Pick<ForecastOutput, 'minutes'>): number {
  const length = blockLength(output);
  return Math.floor(issuedAt / length) * length;
}
