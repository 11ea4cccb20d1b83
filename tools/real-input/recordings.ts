import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BEAT_CODES, readAnnotations } from './wfdb-annotations.js';

/** One step of a recording: samples that become known `at` seconds from its start. */
export interface Step {
  readonly at: number;
  readonly samples: readonly {
    readonly code: string;
    readonly unit: string;
    readonly value?: number;
    readonly values?: readonly number[];
  }[];
}

export interface Recording {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Synthea transaction bundles, as their JSON text. */
export function syntheaBundles(folder: string): readonly string[] {
  return ['2018_smart', '2020_08'].flatMap((set) => {
    const path = join(folder, 'fhir_synthea', set);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name.endsWith('.json.gz'))
      .map((name) => gunzipSync(readFileSync(join(path, name))).toString('utf8'));
  });
}

/** CGM readings (`EGV` rows only) of the last `days` days of each person. */
export function glucoseRecordings(folder: string, days: number): readonly Recording[] {
  const path = join(folder, 'cgm_loop');
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.csv.gz'))
    .map((name) => {
      const rows = gunzipSync(readFileSync(join(path, name)))
        .toString('utf8')
        .split(/\r?\n/)
        .map((line) => line.split(','))
        .filter((row) => row[2] === 'EGV' && row[4] !== '')
        // Local times without a zone: read in one fixed zone, only differences are used.
        .map((row) => ({ at: Date.parse(`${row[1]}Z`) / 1000, value: Number(row[4]) }));
      const end = rows.at(-1)?.at ?? 0;
      const kept = rows.filter((row) => row.at > end - days * 86_400);
      const start = kept[0]?.at ?? 0;
      return {
        name: `cgm-${name.replace('.csv.gz', '').replaceAll('_', '-')}`,
        steps: kept.map((row) => ({
          at: row.at - start,
          samples: [{ code: 'glucose', unit: 'mg/dL', value: Math.round(row.value * 10) / 10 }],
        })),
      };
    });
}

/** Beat-to-beat intervals of the first `hours` hours of heart-rhythm records, and the heart rate they give, every ten seconds. */
export function rhythmRecordings(folder: string, hours: number): readonly Recording[] {
  return [
    ...rhythmSet(join(folder, 'nsrdb'), /\.atr\.gz$|\.atr$/, hours),
    ...rhythmSet(join(folder, 'afdb'), /\.qrs$/, hours),
  ];
}

function rhythmSet(path: string, marks: RegExp, hours: number): readonly Recording[] {
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => marks.test(name))
    .map((name) => {
      const record = name.replace(/\..*$/, '');
      const fs = Number(readFileSync(join(path, `${record}.hea`), 'utf8').split(/\s+/)[2]);
      const file = readFileSync(join(path, name));
      const beats = readAnnotations(name.endsWith('.gz') ? gunzipSync(file) : file)
        .filter((annotation) => BEAT_CODES.has(annotation.code))
        .map((annotation) => annotation.sample / fs);
      return { name: `rhythm-${record}`, steps: intervalSteps(beats, hours * 3600) };
    });
}

const STEP_SECONDS = 10;

function intervalSteps(beats: readonly number[], seconds: number): readonly Step[] {
  const steps: Step[] = [];
  let values: number[] = [];
  let start = beats[0] ?? 0;
  for (let index = 1; index < beats.length; index += 1) {
    const beat = beats[index] ?? 0;
    const interval = Math.round((beat - (beats[index - 1] ?? 0)) * 1000);
    if (interval >= 200 && interval <= 5000) values.push(interval);
    if (beat - start >= STEP_SECONDS) {
      if (values.length > 0) {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        steps.push({
          at: start,
          samples: [
            { code: 'rr-interval', unit: 'ms', values },
            { code: 'heart-rate', unit: '/min', value: Math.round(60_000 / mean) },
          ],
        });
      }
      values = [];
      start = beat;
    }
    if (beat > seconds) break;
  }
  return steps;
}
