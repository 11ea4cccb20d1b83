import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One row of a file laid out as `cgm_loop`: a reading of the sensor, a value between two readings, a dose in a gap, or another event. */
export interface DiabetesRow {
  /** Local time without a zone, read as UTC: only differences are used. ms. */
  readonly t: number;
  readonly kind: string;
  readonly sequence: string;
  /** mg/dL; NaN where missing, as all below. */
  readonly glucose: number;
  /** IU/h. */
  readonly basal: number;
  /** IU. */
  readonly bolus: number;
  /** g. */
  readonly carbohydrates: number;
  /** Marked other than train. */
  readonly isHeldApart: boolean;
}

export interface DiabetesFile {
  /** The file's name without `.csv.gz`. */
  readonly record: string;
  /** Time of the file's first row of any kind, ms. */
  readonly start: number;
  /** In the order of time; rows of one time in the order of the file. */
  readonly rows: readonly DiabetesRow[];
}

const COLUMNS = {
  time: 'Timestamp',
  kind: 'Event Type',
  sequence: 'sequence_id',
  glucose: 'Glucose (mg/dL)',
  basal: 'Basal Rate (U/h)',
  bolus: 'Bolus Insulin (U)',
  carbohydrates: 'Carbohydrates (g)',
  split: 'Recommended Split',
} as const;

/** Every file `<prefix>….csv.gz` (or `.csv`) of a folder, by name; one without time, kind or glucose has no rows. */
export function* readDiabetesFiles(folder: string, prefix: string): Iterable<DiabetesFile> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const record = /^(.+?)\.csv(?:\.gz)?$/.exec(name)?.[1];
    if (record?.startsWith(prefix)) yield readFile(record, join(folder, name));
  }
}

function readFile(record: string, path: string): DiabetesFile {
  const bytes = readFileSync(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = cellsOf(lines[0] ?? '');
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([key, name]) => [key, names.indexOf(name)])) as Record<
    keyof typeof COLUMNS,
    number
  >;
  if (at.time < 0 || at.kind < 0 || at.glucose < 0) return { record, start: Number.NaN, rows: [] };
  const rows: DiabetesRow[] = [];
  let start = Number.NaN;
  for (const line of lines.slice(1)) {
    const cells = cellsOf(line);
    const t = Date.parse(`${(cells[at.time] ?? '').replace(' ', 'T')}Z`);
    if (!Number.isFinite(t)) continue;
    if (Number.isNaN(start)) start = t;
    rows.push({
      t,
      kind: cells[at.kind] ?? '',
      sequence: cells[at.sequence] ?? '',
      glucose: numberOf(cells[at.glucose]),
      basal: numberOf(cells[at.basal]),
      bolus: numberOf(cells[at.bolus]),
      carbohydrates: numberOf(cells[at.carbohydrates]),
      isHeldApart: (cells[at.split] ?? '') !== '' && cells[at.split] !== 'train',
    });
  }
  return { record, start, rows: rows.toSorted((a, b) => a.t - b.t) };
}

function cellsOf(line: string): readonly string[] {
  return line.split(',').map((cell) => cell.replaceAll('"', '').trim());
}

/** An empty cell is missing, never 0. */
function numberOf(cell: string | undefined): number {
  return cell === undefined || cell === '' ? Number.NaN : Number(cell);
}
