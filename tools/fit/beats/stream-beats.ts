import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stepWave, type WaveState } from '#libs/domain/rhythm';
import { readBeatRecords, type FoundBeat } from './cases.js';
import { fitModels, printHeldApart, printRefitted, type Models } from './class-models.js';
import { treesSource } from '../methods/boosting.js';

/**
 * `node dist/tools/fit/beats/stream-beats.js [--data DIR] [--write]`: fits the ventricular class of beats as they come on the MITDB records,
 * channel 0 in chunks of one second, prints the cross-validated figures of docs/clinical/rules/ectopy.md and, with --write, writes the
 * model file. The model of S is fitted for its figure only.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/stream-beat-class.ts';

/** Every beat that the stream classed: a beat that it did not is a missed one. */
function found(signal: Float64Array, fs: number): readonly FoundBeat[] {
  let state: WaveState | null = null;
  const beats: FoundBeat[] = [];
  for (let from = 0; from < signal.length; from += fs) {
    const samples = [...signal.subarray(from, from + fs)];
    const t = (1000 * from) / fs;
    const step = stepWave(state, { t, samples, periodMs: 1000 / fs, kind: 'ecg', channel: 'II', doubtful: false });
    state = step.state;
    beats.push(...step.beats.map(({ at, features }) => ({ at: at / 1000, features })));
  }
  return beats;
}

function main(): void {
  const records = readBeatRecords(join(options.data, 'mitdb'), found);
  printHeldApart(records);
  const models = fitModels(records);
  printRefitted(records, models);
  if (options.write) writeFileSync(MODEL_FILE, source(models));
}

function source({ V }: Models): string {
  return `/** Trees for ventricular beats as they come. Written by tools/fit/beats/stream-beats.ts, fitted on the 22 development records of MITDB (DS1; ODC-By 1.0). Figures: docs/clinical/rules/ectopy.md. */
import type { Model } from '../signal/boosted-trees.js';

// oxfmt-ignore
export const STREAM_VENTRICULAR: Model = ${treesSource(V)};
`;
}

main();
