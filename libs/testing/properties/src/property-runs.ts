/** Percent of the runs that a property test names; `npm run check` sets it to get an answer sooner, `npm test` runs all. */
const PERCENT = Number(process.env['PROPERTY_RUNS_PERCENT'] ?? 100);
if (!(PERCENT > 0 && PERCENT <= 1000))
  throw new Error('PROPERTY_RUNS_PERCENT must be a number above 0 and at most 1000.');

/** The seed of all properties, `PROPERTY_SEED`; at random unless set. CI takes it from the commit, so that its verdict is one of the commit. */
const SEED = process.env['PROPERTY_SEED'];
if (SEED !== undefined && !/^-?\d{1,10}$/.test(SEED))
  throw new Error('PROPERTY_SEED must be an integer of up to 10 digits.');

/** How many runs a property gets, as fast-check's parameter: all that are named, or the share asked for, at least two; and from which seed. */
export function propertyRuns(full: number): { readonly numRuns: number; readonly seed?: number } {
  const numRuns = Math.max(2, Math.ceil((full * PERCENT) / 100));
  return SEED === undefined ? { numRuns } : { numRuns, seed: Number(SEED) };
}

/** Of something that all runs together must have met `full` times: its share where fewer run, with room for chance. */
export function metInRuns(full: number): number {
  return PERCENT >= 100 ? full : Math.floor((full * PERCENT) / 200);
}
