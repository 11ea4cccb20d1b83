import { FEATURE_NAMES, featuresOf, historyAt, HORIZONS, MINUTES, STRANGER } from '#libs/domain/glucose-forecast';
import { readDiabetesFiles, type DiabetesFile } from '../../validate/sets/cgm/diabetes-files.js';
import { momentsOf } from '../../validate/sets/cgm/forecast-moments.js';

/** One row per moment at which a forecast is asked for. */
export interface Table {
  readonly rows: number;
  /** By feature, as the forecaster computes them. */
  readonly columns: readonly Float32Array[];
  /** By horizon: glucose at that time; NaN where no reading stands at it. */
  readonly actual: readonly Float64Array[];
  /** ms. */
  readonly t: Float64Array;
  readonly isHeldApart: Uint8Array;
  /** By row: index of the person. */
  readonly person: Uint8Array;
  readonly people: readonly {
    readonly record: string;
    readonly set: string;
    readonly from: number;
    readonly to: number;
  }[];
}

const SETS = [
  { set: 'cgm_loop', prefix: 'loop_', knowsBasal: false },
  { set: 'azt1d', prefix: 'azt1d_', knowsBasal: true },
  { set: 't1d_uom', prefix: 't1d_uom_', knowsBasal: true },
] as const;

export function readTable(data: string): Table {
  const features: Float64Array[] = [];
  const actual: number[][] = Array.from({ length: HORIZONS }, () => []);
  const t: number[] = [];
  const held: number[] = [];
  const person: number[] = [];
  const people: Table['people'][number][] = [];
  for (const { set, prefix, knowsBasal } of SETS) {
    for (const file of readDiabetesFiles(`${data}/${set}`, prefix)) {
      const from = features.length;
      const readings = readingsOf(file);
      for (const { row, memory } of momentsOf(file, { knowsBasal })) {
        const history = historyAt(memory.glucose, memory.glucose.length - 1);
        features.push(featuresOf(history, memory, memory.person ?? STRANGER).values);
        for (const [h, minutes] of MINUTES.entries())
          actual[h]!.push(readings.get(row.t + minutes * 60_000) ?? Number.NaN);
        t.push(row.t);
        held.push(row.isHeldApart ? 1 : 0);
        person.push(people.length);
      }
      if (features.length > from) people.push({ record: file.record, set, from, to: features.length });
    }
  }
  return {
    rows: features.length,
    columns: FEATURE_NAMES.map((_, j) => Float32Array.from(features, (values) => values[j]!)),
    actual: actual.map((values) => Float64Array.from(values)),
    t: Float64Array.from(t),
    isHeldApart: Uint8Array.from(held),
    person: Uint8Array.from(person),
    people,
  };
}

export function readingsOf({ rows }: DiabetesFile): ReadonlyMap<number, number> {
  return new Map(
    rows.filter(({ kind, glucose }) => kind === 'EGV' && !Number.isNaN(glucose)).map((row) => [row.t, row.glucose]),
  );
}

/** The features of one row. */
export function valuesAt({ columns }: Table, row: number): Float64Array {
  return Float64Array.from(columns, (column) => column[row]!);
}
