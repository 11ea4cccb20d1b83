import { annotationsOf, isBeat, type Stretch } from '../../validate/wfdb.js';

/** Ventricular ectopic and escape beats. */
const VENTRICULAR: ReadonlySet<number> = new Set([5, 10]);
const MIN_BEATS = 5;
const MIN_RATE = 100;

/** Runs of a record's marked beats that are ventricular tachycardia by definition: five beats and more over 100/min; seconds. */
export function markedRuns(folder: string, record: string, fs: number): readonly Stretch[] {
  const runs: Stretch[] = [];
  let times: number[] = [];
  const end = (): void => {
    const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
    if (times.length >= MIN_BEATS && (60 * (times.length - 1)) / (to - from) > MIN_RATE) runs.push({ from, to });
    times = [];
  };
  for (const annotation of annotationsOf(folder, record, ['atr']) ?? []) {
    if (!isBeat(annotation)) continue;
    if (VENTRICULAR.has(annotation.code)) times.push(annotation.sample / fs);
    else end();
  }
  end();
  return runs;
}
