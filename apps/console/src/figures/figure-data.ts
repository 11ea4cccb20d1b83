import type { Cell } from './table/csv.js';

/** Figures of one chart: for each place on its first axis, a value of every series; null: there is none. */
export interface FigureData<Place extends string | number = string | number> {
  /** Title of the first axis, such as `Rule`. */
  readonly axis: string;
  readonly series: readonly string[];
  readonly rows: readonly { readonly place: Place; readonly values: readonly (number | null)[] }[];
}

/** Those figures as a table: the rows that have any. */
export function tableOf({ axis, series, rows }: FigureData): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
} {
  return { columns: [axis, ...series], rows: rows.map(({ place, values }) => [place, ...values]) };
}

/** The values of a series, in the order of the rows. */
export function valuesOf({ rows }: FigureData, series: number): (number | null)[] {
  return rows.map(({ values }) => values[series] ?? null);
}

/** Lowest and highest value of all series; null without any. */
export function extent(data: FigureData): readonly [number, number] | null {
  const all = data.rows.flatMap(({ values }) => values.filter((value) => value !== null));
  return all.length === 0 ? null : [Math.min(...all), Math.max(...all)];
}
