/** CGM metrics beside those that the R package iglu publishes for its own five example people (reference pages, fetched 2026-11). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { glucoseMetrics, type GlucoseMetrics } from '#libs/domain/glucose';
import type { ValidationSet } from '../set.js';

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

function metricsOf(folder: string): ReadonlyMap<string, GlucoseMetrics> {
  const path = join(folder, FILE);
  const readings = new Map<string, { t: number; mgdl: number }[]>();
  if (!existsSync(path)) return new Map();
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split(/\r?\n/).slice(1)) {
    const [id = '', time = '', value = ''] = line.split(',').map((cell) => cell.replaceAll('"', ''));
    if (value === '') continue;
    const own = readings.get(id) ?? [];
    own.push({ t: Date.parse(`${time.replace(' ', 'T')}Z`), mgdl: Number(value) });
    readings.set(id, own);
  }
  return new Map(
    [...readings].flatMap(([id, own]) => {
      const found = glucoseMetrics(own);
      return found.kind === 'metrics' ? [[id, found]] : [];
    }),
  );
}

export const cgmIglu: ValidationSet = {
  name: 'cgm_iglu',
  detect: () => [],
  score(folder) {
    const people = metricsOf(folder);
    let [compared, differing] = [0, 0];
    for (const [metric, values] of PUBLISHED) {
      for (const [i, published] of values.entries()) {
        const found = people.get(`Subject ${i + 1}`)?.[metric];
        if (typeof found !== 'number') continue;
        compared++;
        // Half a unit in the last figure that was printed.
        const half = 10 ** (Math.floor(Math.log10(published)) - 2) / 2;
        if (Math.abs(found - published) > half * 1.001) differing++;
      }
    }
    return compared === 0 ? {} : { 'cgm_iglu.compared': compared, 'cgm_iglu.differing_from_published': differing };
  },
};
