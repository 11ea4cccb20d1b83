/** A forecast as the API gives it; quantiles by level. */
export interface ForecastFan {
  readonly issuedAt: string;
  readonly points: readonly {
    readonly effectiveAt: string;
    readonly mean: number;
    readonly quantiles: Readonly<Record<string, number | undefined>>;
  }[];
}

/** The edges of the 95 % and the 80 % band and the mean, in the order in which they are drawn. */
export const FAN_LEVELS = ['0.025', '0.1', 'mean', '0.9', '0.975'] as const;

export interface Fan {
  readonly x: readonly number[];
  /** One list per level of {@link FAN_LEVELS}. */
  readonly y: readonly (readonly (number | null)[])[];
}

/** The fan of a forecast, from the value it was issued at (`start`), which is known, so that all bands begin there. */
export function fanOf({ issuedAt, points }: ForecastFan, start: number | undefined): Fan {
  const x = points.map(({ effectiveAt }) => Date.parse(effectiveAt));
  const y = FAN_LEVELS.map((level) =>
    points.map((point) => (level === 'mean' ? point.mean : (point.quantiles[level] ?? null))),
  );
  if (start === undefined) return { x, y };
  return { x: [Date.parse(issuedAt), ...x], y: y.map((values) => [start, ...values]) };
}
