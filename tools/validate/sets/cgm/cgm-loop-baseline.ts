import { BASELINE_SPECS, deviationOf, observe, usualAt, type BaselineState } from '#libs/domain/baseline';
import type { SensorFile } from './cgm-loop-files.js';

const SPEC = BASELINE_SPECS.glucose;
const SPREADS = [1, 2, 4] as const;

/**
 * How well a personal baseline says what is usual for glucose: of the readings it judged, the median deviation and the shares beyond so
 * many spreads, above and below; and the distance to a plain mean of the readings of the person so far. Each reading is judged before it is learned.
 */
export function baselineFigures(files: readonly SensorFile[]): Readonly<Record<string, number>> {
  const deviations: number[] = [];
  let [readings, own, plain] = [0, 0, 0];
  for (const { readings: all } of files) {
    let state: BaselineState | null = null;
    let [sum, count] = [0, 0];
    for (const { t, mgdl } of all) {
      const usual = usualAt(SPEC, state, t);
      readings++;
      if (!('refused' in usual)) {
        deviations.push(deviationOf(usual, mgdl));
        own += Math.abs(mgdl - usual.expected);
        plain += Math.abs(mgdl - sum / count);
      }
      state = observe(SPEC, state, t, mgdl);
      sum += mgdl;
      count++;
    }
  }
  deviations.sort((a, b) => a - b);
  const percent = (of: (deviation: number) => boolean): number =>
    (100 * deviations.filter(of).length) / deviations.length;
  return {
    'cgm_loop.baseline.judged_percent': (100 * deviations.length) / readings,
    'cgm_loop.baseline.median_deviation': deviations[deviations.length >> 1] ?? Number.NaN,
    ...Object.fromEntries(
      SPREADS.flatMap((spread) => [
        [`cgm_loop.baseline.above_${spread}_percent`, percent((deviation) => deviation > spread)],
        [`cgm_loop.baseline.below_${spread}_percent`, percent((deviation) => deviation < -spread)],
      ]),
    ),
    'cgm_loop.baseline.distance_to_plain_mean_ratio': own / plain,
  };
}
