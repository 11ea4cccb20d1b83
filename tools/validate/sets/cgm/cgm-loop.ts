/** LOOP study (type 1 diabetes, automated dosing): lows reported and predicted from the sensor's readings alone; glucose forecast with doses and meals. */
import { told } from '../ecg/af-scoring.js';
import { baselineFigures } from './cgm-loop-baseline.js';
import { readSensorFiles, type SensorFile } from './cgm-loop-files.js';
import { LOOP_FORECASTS } from './diabetes-sets.js';
import { forecastLines, forecastRuns } from './forecast-run.js';
import { forecastScores } from './forecast-scores.js';
import { lowCosts } from './low-costs.js';
import { runGlucose, type GlucoseRun } from './cgm-loop-replay.js';
import { scoreGlucose } from './cgm-loop-scoring.js';
import type { ValidationSet } from '../../set.js';

const LISTED: ReadonlySet<string> = new Set([
  'glucose-low',
  'glucose-very-low',
  'glucose-low-soon',
  'glucose-urgent-low-soon',
]);

const runs = new Map<string, { readonly file: SensorFile; readonly run: GlucoseRun }[]>();

/** The twin's run over each file of a folder: what it says is listed, and scored, from the same run. */
function runsOf(folder: string): readonly { readonly file: SensorFile; readonly run: GlucoseRun }[] {
  let all = runs.get(folder);
  if (all === undefined) {
    all = [...readSensorFiles(folder)].map((file) => ({ file, run: runGlucose(file) }));
    runs.set(folder, all);
  }
  return all;
}

export const cgmLoop: ValidationSet = {
  name: 'cgm_loop',
  *detect(folder) {
    for (const { file, run } of runsOf(folder)) {
      for (const { rule, at } of run.episodes) {
        if (LISTED.has(rule)) yield { record: file.record, kind: 'episode', at, rule };
      }
    }
    yield* forecastLines(forecastRuns(LOOP_FORECASTS, folder));
  },
  score: (folder) => {
    const all = runsOf(folder);
    const files = all.map(({ file }) => file);
    const forecasts = forecastRuns(LOOP_FORECASTS, folder);
    return told({
      ...scoreGlucose(all),
      ...baselineFigures(files),
      ...forecastScores('cgm_loop', forecasts),
      ...lowCosts(files, forecasts),
    });
  },
};
