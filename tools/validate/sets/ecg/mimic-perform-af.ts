/** MIMIC PERform AF: fibrillation from beats found in one lead of ICU patients, 20 min each. One label per record, in its name. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findBeats } from '#libs/domain/rhythm';
import { decodeDp16, readHeader, recordNames } from '../../wfdb.js';
import { afFigures, afLines, countAf, recordRow, sumOf, type AfRecording } from './af-scoring.js';
import type { ValidationSet } from '../../set.js';

export function mimicRecordings(folder: string): readonly AfRecording[] {
  return recordNames(folder).flatMap((record) => {
    const file = join(folder, `${record}.ecg.dp16.gz`);
    if (!existsSync(file)) return [];
    const { fs } = readHeader(folder, record);
    const line = readFileSync(join(folder, `${record}.hea`), 'utf8')
      .split(/\r?\n/)
      .find((each) => each.startsWith(record) && each.includes('ECG'));
    const [, gain, baseline] = /([\d.]+)\((-?\d+)\)\/mV/.exec(line ?? '') ?? [];
    const bytes = gunzipSync(readFileSync(file));
    const ecg = Float64Array.from(
      decodeDp16(bytes, 0, bytes.length >> 1),
      (value) => (value - Number(baseline)) / Number(gain),
    );
    const beats = findBeats(ecg, fs).map(({ at }) => at / fs);
    const truth = record.includes('non_af') ? [] : [{ from: 0, to: Number.POSITIVE_INFINITY }];
    return [{ record, beats, truth }];
  });
}

export const mimicPerformAf: ValidationSet = {
  name: 'mimic_perform_af',
  *detect(folder) {
    for (const { record, beats } of mimicRecordings(folder)) yield* afLines(record, beats);
  },
  score(folder, detections) {
    const { sensitivity, specificity } = afFigures(
      sumOf(mimicRecordings(folder).map((each) => countAf(each, detections))),
    );
    return {
      ...(sensitivity === undefined ? {} : { mimic_perform_af_sensitivity: sensitivity }),
      ...(specificity === undefined ? {} : { mimic_perform_af_specificity: specificity }),
    };
  },
  records: (folder, detections) => mimicRecordings(folder).map((each) => recordRow(countAf(each, detections))),
};
