/** PhysioNet/CinC Challenge 2017: one rhythm for a short hand-held ECG. F1 per class = 2 hits / (said + labelled). */
import { classifyShortEcg } from '#libs/domain/rhythm';
import { PackReader, readIndex } from '../../wfdb.js';
import type { Detection, ValidationSet } from '../../set.js';

const CLASSES: ReadonlyArray<readonly [string, string]> = [
  ['A', 'a'],
  ['N', 'n'],
  ['O', 'o'],
  ['~', 'noisy'],
];

function* detect(folder: string): Iterable<Detection> {
  const packs = new PackReader(folder);
  for (const entry of readIndex(folder)) {
    const [ecg] = packs.read(entry, entry.pack ?? 'ecg.pack');
    yield {
      record: entry.record,
      kind: 'rhythm',
      at: 0,
      until: entry.samples / entry.fs,
      class: ecg ? classifyShortEcg(ecg.values, entry.fs) : '~',
    };
  }
}

export const cinc2017: ValidationSet = {
  name: 'cinc2017',
  detect,
  score(folder, detections) {
    const said = new Map(detections.map((line) => [line.record, line.class]));
    const labelled = readIndex(folder).filter(({ label }) => label !== undefined);
    const metrics: Record<string, number> = {};
    if (labelled.length === 0) return metrics;
    for (const [name, key] of CLASSES) {
      const truth = labelled.filter(({ label }) => label === name);
      const hits = truth.filter(({ record }) => said.get(record) === name).length;
      const claims = labelled.filter(({ record }) => said.get(record) === name).length;
      metrics[`cinc2017_f1_${key}`] = truth.length + claims > 0 ? (2 * hits) / (truth.length + claims) : 0;
    }
    return metrics;
  },
};
