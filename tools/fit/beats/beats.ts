import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { classFeatures, findBeats } from '#libs/domain/rhythm';
import { readBeatRecords, type FoundBeat } from './cases.js';
import { fitModels, printHeldApart, printRefitted, type Models } from './class-models.js';
import { treesSource } from '../methods/boosting.js';

/**
 * `node dist/tools/fit/beats/beats.js [--data DIR] [--write]`: fits the beat classes on the MITDB records, prints the cross-validated figures
 * of docs/clinical/rules/ectopy.md and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/beat-class.ts';

function found(signal: Float64Array, fs: number): readonly FoundBeat[] {
  const beats = findBeats(signal, fs);
  const features = classFeatures(signal, fs, beats);
  return beats.map(({ at }, i) => ({ at: at / fs, features: features[i]! }));
}

function main(): void {
  const records = readBeatRecords(join(options.data, 'mitdb'), found);
  printHeldApart(records);
  const models = fitModels(records);
  printRefitted(records, models);
  if (options.write) writeFileSync(MODEL_FILE, source(models));
}

function source({ V, S }: Models): string {
  return `/** Trees for ventricular and supraventricular beats. Written by tools/fit/beats/beats.ts, fitted on the 22 development records of MITDB (DS1; ODC-By 1.0). Figures: docs/clinical/rules/ectopy.md. */
import type { Model } from '../signal/boosted-trees.js';

// oxfmt-ignore
export const VENTRICULAR: Model = ${treesSource(V)};

// oxfmt-ignore
export const SUPRAVENTRICULAR: Model = ${treesSource(S)};
`;
}

main();
