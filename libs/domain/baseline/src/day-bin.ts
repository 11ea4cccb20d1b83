const HOUR = 3_600_000;

/** Length of a bin, ms, and how many make a day. */
export const BIN_MS = 3 * HOUR;
export const BINS_A_DAY = 8;

/**
 * Number of the three-hour bin of a time (ms since 1970). Bins are counted in UTC: nobody knows the patient's time zone here, and a fixed
 * phase serves as well, as long as the patient does not change the zone; after that it takes some weeks to learn the new day.
 */
export function binOf(t: number): number {
  return Math.floor(t / BIN_MS);
}

/** Place in the day of a bin, 0 to 7. */
export function placeOf(bin: number): number {
  return ((bin % BINS_A_DAY) + BINS_A_DAY) % BINS_A_DAY;
}
