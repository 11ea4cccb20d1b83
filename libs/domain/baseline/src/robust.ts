/** Robust location and spread of few values, and their slow adaptation. Formulas and sources: README.md. */

/** MAD to standard deviation, and quartile spread to standard deviation, both for a normal distribution (Hampel 1974). */
const MAD_TO_SD = 1.4826;
const QUARTILES_TO_SD = 1 / 1.349;
/** Clipping point of Huber's psi, in spreads, and E[min(z², c²)] at it for a normal z (Huber 1964). */
const CLIP = 1.5;
const CLIPPED_SQUARE = 0.7785;

/** Value at share `p` (0 to 1) of the sorted values, between two of them in proportion. Not for an empty list. */
function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low]!;
  return below + (at - low) * ((sorted[low + 1] ?? below) - below);
}

function sort(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  return quantile(sort(values), 0.5);
}

/** Spread about the median in units of a standard deviation, by the median of the absolute deviations. */
export function madSpread(values: readonly number[]): number {
  const centre = median(values);
  return MAD_TO_SD * median(values.map((value) => Math.abs(value - centre)));
}

/** The same by the distance of the quartiles. */
export function quartileSpread(values: readonly number[]): number {
  const sorted = sort(values);
  return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) * QUARTILES_TO_SD;
}

/** Location on towards `value`: never further than `gain` times 1.5 spreads, however far the value lies (Robbins-Monro with Huber's psi). */
export function nextLocation(location: number, value: number, spread: number, gain: number): number {
  const reach = CLIP * spread;
  return location + gain * Math.min(reach, Math.max(-reach, value - location));
}

/** Spread on by one deviation: the square grows by at most `gain` times 1.89 (Huber's proposal 2, recursively). */
export function nextSpread(spread: number, deviation: number, gain: number): number {
  const clipped = Math.min(deviation * deviation, (CLIP * spread) ** 2) / CLIPPED_SQUARE;
  return Math.sqrt(spread * spread + gain * (clipped - spread * spread));
}

/** Three decimals are finer than any of the measures, and keep the memory small. */
export function rounded(x: number): number {
  return Math.round(x * 1000) / 1000;
}
