import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A row by column name; an empty cell is ''. */
export type Row = Readonly<Record<string, string>>;

/** Rows of a CSV file without quotes, gzipped where the name ends so; none where there is no file. */
export function rowsOf(path: string): readonly Row[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',').map((name) => name.trim());
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell.trim()])));
}

/** null: the cell is empty or no number. */
export function numberOf(row: Row, column: string): number | null {
  const cell = row[column];
  if (cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
