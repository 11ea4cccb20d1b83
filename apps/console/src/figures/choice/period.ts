/** Lengths of time that figures are asked for, days. */
export const PERIODS = [1, 7, 30, 90] as const;
export type Period = (typeof PERIODS)[number];

const DAY = 86_400_000;
const MINUTE = 60_000;

/** The last days up to the minute that has begun: the same question within a minute. `now`: ms. */
export function windowOf(days: Period, now: number): { readonly from: string; readonly to: string } {
  const to = Math.ceil(now / MINUTE) * MINUTE;
  return { from: new Date(to - days * DAY).toISOString(), to: new Date(to).toISOString() };
}
