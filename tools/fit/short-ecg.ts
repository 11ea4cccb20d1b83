import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelScore, SHORT_RHYTHMS, shortEcgFeatures, type Model, type ShortRhythm } from '#libs/domain/rhythm';
import { PackReader, readIndex } from '../validate/wfdb.js';
import { fitTrees, treesSource, type Boosting } from './boosting.js';

/**
 * `node dist/tools/fit/short-ecg.js [--data DIR] [--write]`: fits the trees of the short ECG on the cinc2017 recordings, prints figures
 * cross-validated by recording and, with --write, writes the model file.
 */
const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, write: { type: 'boolean', default: false } },
});

const MODEL_FILE = 'libs/domain/rhythm/src/models/short-ecg.ts';
const GROWTH: Boosting = { trees: 60, depth: 2, rate: 0.08, leastWeight: 8, l2: 3, share: 0.7 };
const SPLITS = [
  { folds: 10, seed: 101 },
  { folds: 10, seed: 202 },
  { folds: 10, seed: 303 },
  { folds: 10, seed: 404 },
  { folds: 5, seed: 505 },
  { folds: 5, seed: 606 },
] as const;
/** Recordings longer than this are also learnt from in two overlapping parts, s. */
const LONG_S = 18;
const PART = 0.6;

interface Row {
  readonly recording: number;
  readonly features: readonly number[];
  readonly label: ShortRhythm;
}

type Models = Readonly<Record<ShortRhythm, Model>>;

function fit(rows: readonly Row[]): Models {
  const columns = rows[0]!.features.map((_, j) => Float64Array.from(rows, ({ features }) => features[j]!));
  const fitted = SHORT_RHYTHMS.map((name) => {
    const labels = rows.map(({ label }) => Number(label === name));
    return [name, fitTrees({ columns, labels }, Int32Array.from(rows.keys()), GROWTH)] as const;
  });
  return Object.fromEntries(fitted) as Models;
}

function likeliest(models: Models, { features }: Row): ShortRhythm {
  const scored = SHORT_RHYTHMS.map((name) => ({ name, score: modelScore(models[name], features) }));
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).name;
}

/** Folds of recordings, equal in classes. */
function foldsOf(rows: readonly Row[], folds: number, seed: number): ReadonlyMap<number, number> {
  let state = seed;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let i = 0; i < 10; i++) next();
  const shuffled = rows.map((row) => ({ row, key: next() })).toSorted((a, b) => a.key - b.key);
  const counts = new Map<ShortRhythm, number>();
  return new Map(
    shuffled.map(({ row }) => {
      const count = counts.get(row.label) ?? 0;
      counts.set(row.label, count + 1);
      return [row.recording, count % folds];
    }),
  );
}

/** F1 of each class. */
function print(name: string, rows: readonly Row[], said: readonly ShortRhythm[]): void {
  const scores = SHORT_RHYTHMS.map((rhythm) => {
    const hits = rows.filter(({ label }, i) => label === rhythm && said[i] === rhythm).length;
    const either = rows.filter(({ label }) => label === rhythm).length + said.filter((each) => each === rhythm).length;
    return `${rhythm} ${((2 * hits) / either).toFixed(3)}`;
  });
  console.log(`${name.padEnd(32)} F1 ${scores.join(', ')}`);
}

function main(): void {
  const folder = join(options.data, 'cinc2017');
  const packs = new PackReader(folder);
  const rows = readIndex(folder).flatMap((entry, recording): readonly Row[] => {
    const [ecg] = packs.read(entry, entry.pack ?? 'ecg.pack');
    const label = SHORT_RHYTHMS.find((name) => name === entry.label);
    if (ecg === undefined || label === undefined) return [];
    const { values } = ecg;
    const cut = Math.round(PART * values.length);
    const parts =
      values.length > LONG_S * entry.fs ? [values.subarray(0, cut), values.subarray(values.length - cut)] : [];
    return [values, ...parts].map((part) => ({ recording, features: shortEcgFeatures(part, entry.fs), label }));
  });
  const whole = rows.filter(({ recording }, i) => rows[i - 1]?.recording !== recording);
  for (const { folds, seed } of SPLITS) {
    const foldOf = foldsOf(whole, folds, seed);
    const models = Array.from({ length: folds }, (_, fold) =>
      fit(rows.filter(({ recording }) => foldOf.get(recording) !== fold)),
    );
    const said = whole.map((row) => likeliest(models[foldOf.get(row.recording)!]!, row));
    print(`cross-validated, ${folds} folds, ${seed}`, whole, said);
  }
  const models = fit(rows);
  print(
    'refitted on all (flatters)',
    whole,
    whole.map((row) => likeliest(models, row)),
  );
  if (options.write) writeFileSync(MODEL_FILE, source(models));
}

function source(models: Models): string {
  const named = { FIBRILLATION: models.A, NORMAL: models.N, OTHER: models.O, NOISY: models['~'] };
  const lines = Object.entries(named).map(
    ([name, model]) => `// prettier-ignore\nexport const ${name}: Model = ${treesSource(model)};\n`,
  );
  return `/**
 * Trees for the four classes of a short ECG. Written by tools/fit/short-ecg.ts, fitted on the 270 development recordings of CinC 2017
 * (ODC-By 1.0). Figures: docs/clinical/rules/atrial-fibrillation.md.
 */
import type { Model } from '../boosted-trees.js';

${lines.join('\n')}`;
}

main();
