/** VitalDB arrhythmia: marked beats and rhythm during operations. Flutter is in one class with fibrillation; noise, bad quality and beats without a rhythm are not counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afFigures, afLines, countAf, recordRow, sumOf, type AfRecording } from './af-scoring.js';
import type { Stretch } from '../../wfdb.js';
import type { ValidationSet } from '../../set.js';

const FIBRILLATION = 'AFIB/AFL';
const NO_RHYTHM: ReadonlySet<string> = new Set(['', 'Noise', 'Unclassifiable']);
const BEATS: ReadonlySet<string> = new Set(['N', 'S', 'V', 'U']);

interface Row {
  readonly at: number;
  readonly isAf: boolean;
  readonly isCounted: boolean;
}

export function vitaldbRecordings(folder: string): readonly AfRecording[] {
  const [, ...lines] = gunzipSync(readFileSync(join(folder, 'beats.csv.gz')))
    .toString('utf8')
    .split(/\r?\n/);
  const cases = new Map<string, Row[]>();
  for (const line of lines) {
    const [record = '', at, beat = '', rhythm = '', bad] = line.split(',');
    if (!BEATS.has(beat)) continue;
    const rows = cases.get(record) ?? [];
    cases.set(record, rows);
    rows.push({ at: Number(at), isAf: rhythm === FIBRILLATION, isCounted: bad === '0' && !NO_RHYTHM.has(rhythm) });
  }
  return [...cases].map(([record, rows]) => {
    rows.sort((a, b) => a.at - b.at);
    return {
      record,
      beats: rows.map(({ at }) => at),
      truth: stretches(rows, ({ isAf }) => isAf),
      notCounted: stretches(rows, ({ isCounted }) => !isCounted),
    };
  });
}

/** From the first beat of each run of such rows to the first beat after it. */
function stretches(rows: readonly Row[], is: (row: Row) => boolean): readonly Stretch[] {
  const out: Array<{ from: number; to: number }> = [];
  for (const [i, row] of rows.entries()) {
    if (!is(row)) continue;
    const to = rows[i + 1]?.at ?? row.at + 1e-6;
    const last = out.at(-1);
    if (last?.to === row.at) last.to = to;
    else out.push({ from: row.at, to });
  }
  return out;
}

export const vitaldbArr: ValidationSet = {
  name: 'vitaldb_arr',
  *detect(folder) {
    for (const { record, beats } of vitaldbRecordings(folder)) yield* afLines(record, beats);
  },
  score(folder, detections) {
    const sum = sumOf(vitaldbRecordings(folder).map((each) => countAf(each, detections)));
    const { sensitivity, specificity } = afFigures(sum);
    return {
      ...(sensitivity === undefined ? {} : { vitaldb_arr_sensitivity: sensitivity }),
      ...(specificity === undefined ? {} : { vitaldb_arr_specificity: specificity }),
      vitaldb_arr_false_episodes: sum.falseEpisodes,
    };
  },
  records: (folder, detections) => vitaldbRecordings(folder).map((each) => recordRow(countAf(each, detections))),
};
