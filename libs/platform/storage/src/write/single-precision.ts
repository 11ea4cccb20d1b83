/** Whether numbers come back unchanged from a column of type `real`, which keeps any number of six significant digits. */

/** All of `values` do. A sample of an ECG or a pressure wave nearly always does; an interval computed from a rate does not. */
export function fitReal(values: readonly number[]): boolean {
  return values.every(fitsReal);
}

export function fitsReal(value: number): boolean {
  // Up to three decimals under 1000: the usual case, without a detour over text.
  if (Math.abs(value) < 1000 && Math.round(value * 1000) / 1000 === value) return true;
  // Beyond the exponents of single precision (1e-37 to 3e38) nothing fits.
  if (value !== 0 && !(Math.abs(value) > 1e-37 && Math.abs(value) < 1e38)) return false;
  return Number(value.toPrecision(6)) === value;
}
