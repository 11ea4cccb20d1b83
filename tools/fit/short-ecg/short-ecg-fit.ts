import { join } from 'node:path';
import { modelScore, SHORT_RHYTHMS, shortEcgFeatures, type Model, type ShortRhythm } from '#libs/domain/rhythm';
import { PackReader, readIndex } from '../../validate/wfdb.js';
import { fitTrees, type Boosting } from '../methods/boosting.js';
import { repeatableNumbers } from '../methods/repeatable-numbers.js';

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

export interface ShortEcg {
  readonly ecg: Float64Array;
  readonly fs: number;
  readonly label: ShortRhythm;
}

/** The labelled recordings of cinc2017. */
export function readShortEcgs(data: string): readonly ShortEcg[] {
  const folder = join(data, 'cinc2017');
  const packs = new PackReader(folder);
  return readIndex(folder).flatMap((entry) => {
    const [ecg] = packs.read(entry, entry.pack ?? 'ecg.pack');
    const label = SHORT_RHYTHMS.find((name) => name === entry.label);
    return ecg === undefined || label === undefined ? [] : [{ ecg: ecg.values, fs: entry.fs, label }];
  });
}

interface Row {
  readonly recording: number;
  readonly features: readonly number[];
  readonly label: ShortRhythm;
}

/** The recordings, and parts of the long ones. */
export function shortEcgRows(recordings: readonly ShortEcg[]): readonly Row[] {
  return recordings.flatMap(({ ecg, fs, label }, recording) => {
    const cut = Math.round(PART * ecg.length);
    const parts = ecg.length > LONG_S * fs ? [ecg.subarray(0, cut), ecg.subarray(ecg.length - cut)] : [];
    return [ecg, ...parts].map((part) => ({ recording, features: shortEcgFeatures(part, fs), label }));
  });
}

export type ShortEcgModels = Readonly<Record<ShortRhythm, Model>>;

export function fitShortEcgs(rows: readonly Row[]): ShortEcgModels {
  const columns = rows[0]!.features.map((_, j) => Float64Array.from(rows, ({ features }) => features[j]!));
  const fitted = SHORT_RHYTHMS.map((name) => {
    const labels = rows.map(({ label }) => Number(label === name));
    return [name, fitTrees({ columns, labels }, Int32Array.from(rows.keys()), GROWTH)] as const;
  });
  return Object.fromEntries(fitted) as ShortEcgModels;
}

export function likeliest(models: ShortEcgModels, features: readonly number[]): ShortRhythm {
  const scored = SHORT_RHYTHMS.map((name) => ({ name, score: modelScore(models[name], features) }));
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).name;
}

export interface ShortEcgSplit {
  readonly name: string;
  /** For each recording the trees that were fitted without its fold, parts included. */
  readonly models: readonly ShortEcgModels[];
}

export function crossFitted(rows: readonly Row[], recordings: readonly ShortEcg[]): readonly ShortEcgSplit[] {
  return SPLITS.map(({ folds, seed }) => {
    const foldOf = foldsOf(recordings, folds, seed);
    const fitted = Array.from({ length: folds }, (_, fold) =>
      fitShortEcgs(rows.filter(({ recording }) => foldOf[recording] !== fold)),
    );
    return { name: `${folds} folds, ${seed}`, models: foldOf.map((fold) => fitted[fold]!) };
  });
}

/** Folds of recordings, equal in classes. */
function foldsOf(recordings: readonly ShortEcg[], folds: number, seed: number): readonly number[] {
  const next = repeatableNumbers(seed);
  for (let i = 0; i < 10; i++) next();
  const shuffled = recordings.map(({ label }, i) => ({ i, label, key: next() })).toSorted((a, b) => a.key - b.key);
  const counts = new Map<ShortRhythm, number>();
  const found: number[] = [];
  for (const { i, label } of shuffled) {
    const count = counts.get(label) ?? 0;
    counts.set(label, count + 1);
    found[i] = count % folds;
  }
  return found;
}

/** F1 of a class: 2 hits / (said + labelled). */
export function f1(rhythm: ShortRhythm, recordings: readonly ShortEcg[], said: readonly ShortRhythm[]): number {
  const hits = recordings.filter(({ label }, i) => label === rhythm && said[i] === rhythm).length;
  const labelled = recordings.filter(({ label }) => label === rhythm).length;
  return (2 * hits) / (labelled + said.filter((each) => each === rhythm).length);
}
