/** How far a simulation is off from the newest readings, and how that goes on. mg/dL, minutes. */
export interface Drift {
  /** Recorded minus simulated at the time of the branch. */
  readonly level: number;
  /** Per minute. */
  readonly slope: number;
}

/** How a drift goes on, and how far it outweighs the noise of the sensor. */
export interface DriftRule {
  /** Time constant at which the level fades, min. */
  readonly fades: number;
  /** Shares of level and slope that count, 0 to 1. */
  readonly levelShare: number;
  readonly slopeShare: number;
}

/** Level and slope are of the readings of this span, min; Loop's momentum has the same. */
export const DRIFT_MINUTES = 15;
/** A slope goes on for about this long, min. */
const SLOPE_FADES = 10;

/** The line of least squares through what the newest readings are off, at its end. `minutes` are before the branch, so not positive. */
export function driftOf(minutes: readonly number[], off: readonly number[]): Drift {
  const n = minutes.length;
  if (n === 0) return { level: 0, slope: 0 };
  const meanAt = minutes.reduce((sum, value) => sum + value, 0) / n;
  const mean = off.reduce((sum, value) => sum + value, 0) / n;
  let along = 0;
  let across = 0;
  for (let i = 0; i < n; i += 1) {
    along += (minutes[i]! - meanAt) ** 2;
    across += (minutes[i]! - meanAt) * (off[i]! - mean);
  }
  const slope = along > 0 ? across / along : 0;
  return { level: mean - slope * meanAt, slope };
}

/** What is added to the simulation `minutes` after the branch, mg/dL. */
export function driftAt(
  { level, slope }: Drift,
  { fades, levelShare, slopeShare }: DriftRule,
  minutes: number,
): number {
  return (
    levelShare * level * Math.exp(-minutes / fades) +
    slopeShare * slope * SLOPE_FADES * (1 - Math.exp(-minutes / SLOPE_FADES))
  );
}
