/** The last readings of a glucose sensor, thinned so that they are few whatever its pace. Plain data. */

const MINUTE = 60_000;
/** Readings closer together than this are of one moment to a forecast. */
const APART = 2.5 * MINUTE;
const KEPT = 75 * MINUTE;
/** Two readings this far apart are still joined by a line. */
const JOINED = 16 * MINUTE;
/** Time before and after a reading that it represents. */
const NEAR = MINUTE;

/** Time (ms since 1970) and value (mg/dL). */
export type Reading = readonly [t: number, mgdl: number];

/** Ascending in time, at least 2.5 min apart, within the last 75 min: at most 31. */
export type History = readonly Reading[];

/** The history with one reading; a reading that is not later than the newest, or no number, changes nothing. */
export function withReading(history: History, t: number, mgdl: number): History {
  if (!Number.isFinite(t) || !Number.isFinite(mgdl)) return history;
  const last = history.at(-1);
  if (last !== undefined && t <= last[0]) return history;
  const before = history.at(-2);
  // The newest is kept whatever its distance; the one before it gives way when it stands too close to its own neighbour.
  const kept =
    last !== undefined && before !== undefined && last[0] - before[0] < APART ? history.slice(0, -1) : history;
  return [...kept.filter(([at]) => t - at <= KEPT), [t, mgdl] as const];
}

/** Value at `t` on the line between the readings around it; undefined where they are too far apart or there is none before. */
export function valueAt(history: History, t: number): number | undefined {
  let after: Reading | undefined;
  for (let i = history.length - 1; i >= 0; i--) {
    const reading = history[i]!;
    if (reading[0] > t) {
      after = reading;
      continue;
    }
    if (t - reading[0] <= NEAR) return reading[1];
    if (after === undefined || after[0] - reading[0] > JOINED) return undefined;
    return reading[1] + ((t - reading[0]) / (after[0] - reading[0])) * (after[1] - reading[1]);
  }
  return after !== undefined && after[0] - t <= NEAR ? after[1] : undefined;
}
