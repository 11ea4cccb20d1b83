/** Shape of absorption over the absorption time: shares of the carbohydrates by shares of the time, both 0 to 1. */
export interface AbsorptionShape {
  /** Share absorbed after a share of the time; 0 before, 1 after. */
  readonly absorbedAt: (time: number) => number;
  /** Inverse of `absorbedAt`. */
  readonly timeOf: (absorbed: number) => number;
  /** Derivative of `absorbedAt`. */
  readonly rateAt: (time: number) => number;
}

const clamped = (x: number): number => Math.min(1, Math.max(0, x));

/** The same rate all the time. */
const linear: AbsorptionShape = {
  absorbedAt: clamped,
  timeOf: clamped,
  rateAt: (t) => (t > 0 && t <= 1 ? 1 : 0),
};

/** Rises and falls linearly around the middle of the time (Scheiner, Think Like a Pancreas, 2004; LoopKit `ParabolicAbsorption`). */
const parabolic: AbsorptionShape = {
  absorbedAt: (t) => {
    if (t <= 0) return 0;
    if (t <= 0.5) return 2 * t ** 2;
    return t < 1 ? -1 + 2 * t * (2 - t) : 1;
  },
  timeOf: (a) => {
    if (a <= 0) return 0;
    if (a <= 0.5) return Math.sqrt(0.5 * a);
    return a < 1 ? 1 - Math.sqrt(0.5 * (1 - a)) : 1;
  },
  rateAt: (t) => {
    if (t <= 0 || t >= 1) return 0;
    return t <= 0.5 ? 4 * t : 4 - 4 * t;
  },
};

/** End of the rise and start of the fall of `piecewise-linear`, shares of the time (LoopKit `PiecewiseLinearAbsorption`). */
const RISE = 0.15;
const FALL = 0.5;
const SCALE = 2 / (1 + FALL - RISE);

/** Rises to a plateau and falls slowly. */
const piecewiseLinear: AbsorptionShape = {
  absorbedAt: (t) => {
    if (t <= 0) return 0;
    if (t < RISE) return (0.5 * SCALE * t ** 2) / RISE;
    if (t < FALL) return SCALE * (t - 0.5 * RISE);
    if (t >= 1) return 1;
    return SCALE * (FALL - 0.5 * RISE + (t - FALL) * (1 - (0.5 * (t - FALL)) / (1 - FALL)));
  },
  timeOf: (a) => {
    if (a <= 0) return 0;
    if (a < 0.5 * SCALE * RISE) return Math.sqrt((2 * RISE * a) / SCALE);
    if (a < SCALE * (FALL - 0.5 * RISE)) return 0.5 * RISE + a / SCALE;
    return a < 1 ? 1 - Math.sqrt((1 - FALL) * (1 + FALL - RISE) * (1 - a)) : 1;
  },
  rateAt: (t) => {
    if (t <= 0 || t >= 1) return 0;
    if (t < RISE) return (SCALE * t) / RISE;
    return t < FALL ? SCALE : SCALE * ((1 - t) / (1 - FALL));
  },
};

export const ABSORPTION_SHAPES = { linear, parabolic, 'piecewise-linear': piecewiseLinear } as const;

export type AbsorptionName = keyof typeof ABSORPTION_SHAPES;
