import {
  checkVital,
  VITAL_SPECS,
  type VitalSpec,
  type VitalState,
  type VitalValue,
  type VitalVerdict,
} from '../index.js';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const START = 1_700_000_000_000;

export function specOf(name: keyof typeof VITAL_SPECS): VitalSpec {
  const spec = VITAL_SPECS[name];
  if (!spec) throw new Error(`no spec for ${name}`);
  return spec;
}

export function run(
  spec: VitalSpec,
  values: readonly VitalValue[],
  from: VitalState | null = null,
): readonly VitalVerdict[] {
  let state = from;
  return values.map((value) => {
    const verdict = checkVital(spec, state, value);
    state = verdict.state;
    return verdict;
  });
}

/** Good values at even spacing; null stands for a value that never came. */
export function even(xs: readonly (number | null)[], everyMs: number): VitalValue[] {
  return xs.flatMap((x, i) => (x === null ? [] : [{ t: START + i * everyMs, x, quality: 0 as const }]));
}

export const told = (verdicts: readonly VitalVerdict[]): readonly string[] =>
  verdicts.map(({ quality, reasons }) => [quality, ...reasons].join(' '));

export const calm = [70, 71, 70, 72, 71, 70, 69, 70, 71, 70];
