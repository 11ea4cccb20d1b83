import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SHORT_RHYTHMS, shortEcgFeatures } from '#libs/domain/rhythm';
import { treesSource } from '../methods/boosting.js';
import {
  crossFitted,
  f1,
  fitShortEcgs,
  likeliest,
  readShortEcgs,
  shortEcgRows,
  type ShortEcgModels,
} from './short-ecg-fit.js';

/**
 * `node dist/tools/fit/short-ecg/short-ecg.js [--data DIR] [--write]`: fits the trees of the short ECG on the cinc2017 recordings, prints figures
 * cross-validated by recording and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/short-ecg.ts';

function main(): void {
  const recordings = readShortEcgs(options.data);
  const rows = shortEcgRows(recordings);
  const whole = recordings.map(({ ecg, fs }) => shortEcgFeatures(ecg, fs));

  function print(name: string, modelsOf: (recording: number) => ShortEcgModels): void {
    const said = whole.map((features, i) => likeliest(modelsOf(i), features));
    const scores = SHORT_RHYTHMS.map((rhythm) => `${rhythm} ${f1(rhythm, recordings, said).toFixed(3)}`);
    console.log(`${name.padEnd(32)} F1 ${scores.join(', ')}`);
  }

  for (const { name, models } of crossFitted(rows, recordings)) print(`cross-validated, ${name}`, (i) => models[i]!);
  const models = fitShortEcgs(rows);
  print('refitted on all (flatters)', () => models);
  if (options.write) writeFileSync(MODEL_FILE, source(models));
}

function source(models: ShortEcgModels): string {
  const named = { FIBRILLATION: models.A, NORMAL: models.N, OTHER: models.O, NOISY: models['~'] };
  const lines = Object.entries(named).map(
    ([name, model]) => `// oxfmt-ignore\nexport const ${name}: Model = ${treesSource(model)};\n`,
  );
  return `/**
 * Trees for the four classes of a short ECG. Written by tools/fit/short-ecg/short-ecg.ts, fitted on the 270 development recordings of CinC 2017
 * (ODC-By 1.0). Figures: docs/clinical/rules/atrial-fibrillation.md.
 */
import type { Model } from '../signal/boosted-trees.js';

${lines.join('\n')}`;
}

main();
