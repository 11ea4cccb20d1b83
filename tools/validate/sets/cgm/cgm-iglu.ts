/** CGM metrics beside those that the R package iglu publishes for its own five example people (reference pages, fetched 2026-11). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { glucoseMetrics, type GlucoseMetrics, type GlucoseReading } from '#libs/domain/glucose';
import { eventCounts } from './cgm-iglu-events.js';
import type { ValidationSet } from '../../set.js';

const FILE = 'example_data_5_subject.csv.gz';

type Published = readonly (readonly [metric: keyof GlucoseMetrics, values: readonly number[]])[];

/** As printed there, three figures each; people 1 to 5. */
const PUBLISHED: Published = [
  ['gmiPercent', [6.27, 8.54, 6.99, 6.41, 7.49]],
  ['cvPercent', [26.9, 24.0, 29.1, 22.4, 33.5]],
  ['lbgi', [0.432, 0.00464, 0.142, 0.356, 0.195]],
  ['hbgi', [1.81, 16.2, 5.11, 1.87, 8.9]],
  ['gri', [7.19, 79.7, 20.0, 4.38, 39.5]],
  ['inRangePercent', [91.7, 26.4, 81.3, 95.1, 62.1]],
  ['activePercent', [79.8, 58.9, 92.1, 98.7, 95.8]],
];

export function readPeople(folder: string): ReadonlyMap<string, readonly GlucoseReading[]> {
  const path = join(folder, FILE);
  const readings = new Map<string, GlucoseReading[]>();
  if (!existsSync(path)) return readings;
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split(/\r?\n/).slice(1)) {
    const [id = '', time = '', value = ''] = line.split(',').map((cell) => cell.replaceAll('"', ''));
    if (value === '') continue;
    const own = readings.get(id) ?? [];
    own.push({ t: Date.parse(`${time.replace(' ', 'T')}Z`), mgdl: Number(value) });
    readings.set(id, own);
  }
  return readings;
}

export const cgmIglu: ValidationSet = {
  name: 'cgm_iglu',
  detect: () => [],
  score(folder) {
    const people = readPeople(folder);
    const metrics = new Map([...people].map(([id, readings]) => [id, glucoseMetrics(readings)]));
    let [compared, differing] = [0, 0];
    for (const [metric, values] of PUBLISHED) {
      for (const [i, published] of values.entries()) {
        const all = metrics.get(`Subject ${i + 1}`);
        const found = all?.kind === 'metrics' ? all[metric] : undefined;
        if (typeof found !== 'number') continue;
        compared++;
        // Half a unit in the last figure that was printed.
        const half = 10 ** (Math.floor(Math.log10(published)) - 2) / 2;
        if (Math.abs(found - published) > half * 1.001) differing++;
      }
    }
    if (compared === 0) return {};
    return {
      'cgm_iglu.compared': compared,
      'cgm_iglu.differing_from_published': differing,
      ...eventCounts(people.get('Subject 1') ?? []),
    };
  },
};
