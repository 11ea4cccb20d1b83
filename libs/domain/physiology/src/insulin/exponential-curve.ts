/** How insulin under the skin acts over time. */
export interface InsulinCurve {
  /** Time until nothing is left, from the end of the delay, min. */
  readonly actionMinutes: number;
  /** Time of the strongest action, from the end of the delay, min; under half of `actionMinutes`. */
  readonly peakMinutes: number;
  /** Time before anything acts, min. */
  readonly delayMinutes: number;
}

/** Curves of Loop (LoopKit, `ExponentialInsulinModelPreset`); the first is also oref0's `rapid-acting`. */
export const INSULIN_CURVES = {
  'rapid-acting-adult': { actionMinutes: 360, peakMinutes: 75, delayMinutes: 10 },
  'rapid-acting-child': { actionMinutes: 360, peakMinutes: 65, delayMinutes: 10 },
  fiasp: { actionMinutes: 360, peakMinutes: 55, delayMinutes: 10 },
  lyumjev: { actionMinutes: 360, peakMinutes: 55, delayMinutes: 10 },
  afrezza: { actionMinutes: 300, peakMinutes: 29, delayMinutes: 10 },
} as const satisfies Record<string, InsulinCurve>;

export type InsulinCurveName = keyof typeof INSULIN_CURVES;

/**
 * Share of a dose that has not acted yet, 1 to 0, `minutes` after it was given. Exponential model of Loop and oref0
 * (https://github.com/LoopKit/Loop/issues/388#issuecomment-317938473).
 */
export function remainingShare(curve: InsulinCurve, minutes: number): number {
  const t = minutes - curve.delayMinutes;
  const action = curve.actionMinutes;
  if (t <= 0) return 1;
  if (t >= action) return 0;
  const { tau, a, s } = shapeOf(curve);
  return 1 - s * (1 - a) * ((t ** 2 / (tau * action * (1 - a)) - t / tau - 1) * Math.exp(-t / tau) + 1);
}

/** Share of a dose that acts per minute, `minutes` after it was given; its integral over all time is 1. */
export function activity(curve: InsulinCurve, minutes: number): number {
  const t = minutes - curve.delayMinutes;
  if (t <= 0 || t >= curve.actionMinutes) return 0;
  const { tau, s } = shapeOf(curve);
  return (s / tau ** 2) * t * (1 - t / curve.actionMinutes) * Math.exp(-t / tau);
}

function shapeOf({ actionMinutes, peakMinutes }: InsulinCurve): { tau: number; a: number; s: number } {
  const tau = (peakMinutes * (1 - peakMinutes / actionMinutes)) / (1 - (2 * peakMinutes) / actionMinutes);
  const a = (2 * tau) / actionMinutes;
  return { tau, a, s: 1 / (1 - a + (1 + a) * Math.exp(-actionMinutes / tau)) };
}
