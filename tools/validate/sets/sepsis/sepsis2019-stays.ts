import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One hour of a stay. `values` holds what was measured in that hour, by column name and in the units of the data. */
export interface StayRow {
  /** Hours since admission to intensive care (ICULOS). */
  readonly hour: number;
  readonly values: ReadonlyMap<string, number>;
}

/** One stay, rows as they stand in the file. */
export interface Stay {
  /** Hospital and patient, as in A12. */
  readonly record: string;
  readonly rows: readonly StayRow[];
}

const IDENTITY = new Set(['set', 'patient', 'ICULOS', 'SepsisLabel']);

function table(folder: string): readonly (readonly string[])[] {
  const packed = join(folder, 'patients.csv.gz');
  const plain = join(folder, 'patients.csv');
  if (!existsSync(packed) && !existsSync(plain)) return [];
  const text = existsSync(packed) ? gunzipSync(readFileSync(packed)).toString('utf8') : readFileSync(plain, 'utf8');
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1')));
}

/** Rows of each stay in the order of the file, with the place of each column; columns may stand in any order. */
function* grouped(folder: string): Iterable<{ record: string; cell: (column: string) => string }> {
  const [head, ...lines] = table(folder);
  if (!head) return;
  const place = new Map(head.map((column, i) => [column, i]));
  for (const line of lines) {
    const cell = (column: string) => line[place.get(column) ?? -1] ?? '';
    yield { record: `${cell('set')}${cell('patient')}`, cell };
  }
}

/** An empty or unreadable field is missing, never zero. */
function numberOf(field: string): number | undefined {
  const value = field === '' ? Number.NaN : Number(field);
  return Number.isFinite(value) ? value : undefined;
}

/** All stays of a folder; labels are not among the values. */
export function readStays(folder: string): readonly Stay[] {
  const columns = (table(folder)[0] ?? []).filter((column) => !IDENTITY.has(column));
  const stays = new Map<string, StayRow[]>();
  for (const { record, cell } of grouped(folder)) {
    const values = new Map<string, number>();
    for (const column of columns) {
      const value = numberOf(cell(column));
      if (value !== undefined) values.set(column, value);
    }
    const rows = stays.get(record) ?? [];
    rows.push({ hour: numberOf(cell('ICULOS')) ?? rows.length + 1, values });
    stays.set(record, rows);
  }
  return [...stays].map(([record, rows]) => ({ record, rows }));
}

/** Labels by stay, row by row in the order of the file; a stay without a label in every row is left out. For scoring and fitting only. */
export function readLabels(folder: string): ReadonlyMap<string, readonly boolean[]> {
  const labels = new Map<string, boolean[]>();
  const unlabelled = new Set<string>();
  for (const { record, cell } of grouped(folder)) {
    const label = numberOf(cell('SepsisLabel'));
    if (label === undefined) unlabelled.add(record);
    const rows = labels.get(record) ?? [];
    rows.push(label === 1);
    labels.set(record, rows);
  }
  for (const record of unlabelled) labels.delete(record);
  return labels;
}
