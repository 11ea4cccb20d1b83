/** Scratch space of one integration: reused, so that a step allocates nothing. */
export interface Workspace {
  readonly k1: Float64Array;
  readonly k2: Float64Array;
  readonly k3: Float64Array;
  readonly k4: Float64Array;
  readonly at: Float64Array;
}

export function workspace(size: number): Workspace {
  return {
    k1: new Float64Array(size),
    k2: new Float64Array(size),
    k3: new Float64Array(size),
    k4: new Float64Array(size),
    at: new Float64Array(size),
  };
}

/** Advances `x` in place by `h` with the classical Runge-Kutta method of fourth order (Hairer, Nørsett, Wanner, Solving ODEs I, table 1.2). */
export function rungeKutta4(
  x: Float64Array,
  h: number,
  derivatives: (x: Float64Array, out: Float64Array) => void,
  { k1, k2, k3, k4, at }: Workspace,
): void {
  derivatives(x, k1);
  for (let i = 0; i < x.length; i += 1) at[i] = x[i]! + (h / 2) * k1[i]!;
  derivatives(at, k2);
  for (let i = 0; i < x.length; i += 1) at[i] = x[i]! + (h / 2) * k2[i]!;
  derivatives(at, k3);
  for (let i = 0; i < x.length; i += 1) at[i] = x[i]! + h * k3[i]!;
  derivatives(at, k4);
  for (let i = 0; i < x.length; i += 1) x[i] = x[i]! + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!);
}
