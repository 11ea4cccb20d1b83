import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from './report.js';
import type { Detection, RecordRow, ValidationSet } from './set.js';
import { AF_SETS } from './sets/ecg/af-sets.js';
import { cgmIglu } from './sets/cgm/cgm-iglu.js';
import { cgmLoop } from './sets/cgm/cgm-loop.js';
import { DIABETES_SETS } from './sets/cgm/diabetes-sets.js';
import { cinc2015 } from './sets/ecg/cinc2015.js';
import { cinc2017 } from './sets/ecg/cinc2017.js';
import { mimicPerformAf } from './sets/ecg/mimic-perform-af.js';
import { mitdb } from './sets/ecg/mitdb.js';
import { scoreVectors } from './sets/scores/score-vectors.js';
import { sepsis2019 } from './sets/sepsis/sepsis2019.js';
import { simglucose } from './sets/simglucose/simglucose.js';
import { vitalsHourly } from './sets/vitals/vitals-hourly.js';
import { vitaldbArr } from './sets/ecg/vitaldb-arr.js';

/**
 * `npm run validate -- [--data DIR] [--sets a,b] [--out DIR]`: runs the detectors over recordings and writes what they found
 * (`detections/<set>.ndjson`) and, where there are labels, how well (`metrics.json`). Labels are read only to score. All sets of the default
 * folder together also write `docs/clinical/validation.md`.
 */
const SETS: readonly ValidationSet[] = [
  ...AF_SETS,
  vitaldbArr,
  mimicPerformAf,
  mitdb,
  cinc2015,
  cinc2017,
  sepsis2019,
  vitalsHourly,
  cgmLoop,
  ...DIABETES_SETS,
  cgmIglu,
  simglucose,
  scoreVectors,
];

const DEFAULT_DATA = '../shared/data';
const PAGE = 'docs/clinical/validation.md';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: DEFAULT_DATA },
    sets: { type: 'string' },
    out: { type: 'string', default: '.cache/validation' },
  },
});

function main(): void {
  const wanted = options.sets?.split(',');
  const unknown = wanted?.filter((name) => !SETS.some((set) => set.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`no such set: ${unknown.join(', ')}; there are ${SETS.map((set) => set.name).join(', ')}`);
    process.exitCode = 64;
    return;
  }
  mkdirSync(join(options.out, 'detections'), { recursive: true });
  const metrics: Record<string, number> = {};
  const records = new Map<string, readonly RecordRow[]>();
  for (const set of SETS) {
    const folder = join(options.data, set.name);
    if (wanted !== undefined && !wanted.includes(set.name)) continue;
    if (!existsSync(folder)) {
      console.log(`${set.name}: no recordings at ${folder}`);
      continue;
    }
    const detections: Detection[] = [...set.detect(folder)];
    const lines = detections.map((detection) => `${JSON.stringify(detection)}\n`).join('');
    writeFileSync(join(options.out, 'detections', `${set.name}.ndjson`), lines);
    Object.assign(metrics, set.score(folder, detections));
    if (set.records) records.set(set.name, set.records(folder, detections));
    console.log(`${set.name}: ${detections.length} detections`);
  }
  writeFileSync(join(options.out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  if (options.data === DEFAULT_DATA && wanted === undefined && Object.keys(metrics).length > 0) {
    writeFileSync(PAGE, report(metrics, records));
  }
  for (const [name, value] of Object.entries(metrics)) console.log(`${name.padEnd(40)} ${value}`);
}

main();
