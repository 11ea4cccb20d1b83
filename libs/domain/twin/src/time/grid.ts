const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Data this much older than the newest of its measure no longer re-evaluate rules (they are stored all the same), ms. */
export const LATENESS_BOUND = 24 * HOUR;

/**
 * Spacing and reach of the times at which machines are kept: fine where late data are usual, coarse to a day back. Each coarser
 * spacing is a multiple of the finer one, so a time that is kept now was kept before, and the kept set follows from the newest
 * effective time alone, not from arrival.
 */
const LEVELS = [
  { every: 5 * MINUTE, reach: 10 * MINUTE },
  { every: HOUR, reach: 3 * HOUR },
  { every: 6 * HOUR, reach: LATENESS_BOUND + 6 * HOUR },
] as const;
const FINEST = LEVELS[0].every;

/** Number of the finest grid cell of a time: machines are only kept anew when it changes. */
export function cellOf(t: number): number {
  return Math.floor(t / FINEST);
}

/** The kept times for a newest effective time `t`, ascending; the first is at least the lateness bound before it. */
export function gridTimes(t: number): readonly number[] {
  const cell = cellOf(t);
  if (cell !== newest.cell) newest = { cell, times: timesOf(t) };
  return newest.times;
}

/** The times follow from the cell alone; most calls ask for the same one again. */
let newest: { readonly cell: number; readonly times: readonly number[] } = { cell: Number.NaN, times: [] };

function timesOf(t: number): readonly number[] {
  const times = new Set<number>();
  for (const { every, reach } of LEVELS) {
    for (let at = Math.floor(t / every) * every; at > t - reach; at -= every) times.add(at);
  }
  return [...times].sort((a, b) => a - b);
}
