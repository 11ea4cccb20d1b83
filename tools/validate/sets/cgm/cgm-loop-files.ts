import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One reading of the sensor (`EGV` rows; interpolated rows and finger sticks are left out). */
export interface SensorReading {
  /** Local time without a zone, read as UTC: only differences are used. ms. */
  readonly t: number;
  readonly mgdl: number;
}

export interface SensorFile {
  /** The file's name without `.csv.gz`. */
  readonly record: string;
  /** Time of the file's first row of any kind, ms. */
  readonly start: number;
  /** Time of the first row marked `val`, ms: from there no weight was fitted. NaN where none is. */
  readonly heldApartFrom: number;
  /** In the order of the file. */
  readonly readings: readonly SensorReading[];
}

const FILE = /^(loop_.+)\.csv(?:\.gz)?$/;
const NEEDED = ['Timestamp', 'Event Type', 'Glucose (mg/dL)'];

/** Every `loop_*.csv.gz` (or `.csv`) of a folder, by name; a file without the needed columns or without a dated row has no readings. */
export function* readSensorFiles(folder: string): Iterable<SensorFile> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const record = FILE.exec(name)?.[1];
    if (record !== undefined) yield readSensorFile(record, join(folder, name));
  }
}

function readSensorFile(record: string, path: string): SensorFile {
  const bytes = readFileSync(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = (lines[0] ?? '').split(',').map((name) => name.replaceAll('"', '').trim());
  const [time, kind, glucose] = NEEDED.map((name) => columns.indexOf(name));
  const split = columns.indexOf('Recommended Split');
  let [start, heldApartFrom] = [Number.NaN, Number.NaN];
  const readings: SensorReading[] = [];
  if (time! < 0 || kind! < 0 || glucose! < 0) return { record, start, heldApartFrom, readings };
  for (const line of lines.slice(1)) {
    const cells = line.split(',');
    const t = Date.parse(`${(cells[time!] ?? '').replaceAll('"', '').trim().replace(' ', 'T')}Z`);
    if (!Number.isFinite(t)) continue;
    if (Number.isNaN(start)) start = t;
    if (Number.isNaN(heldApartFrom) && cells[split] === 'val') heldApartFrom = t;
    const value = (cells[glucose!] ?? '').replaceAll('"', '').trim();
    if (cells[kind!]?.replaceAll('"', '') !== 'EGV' || value === '') continue;
    const mgdl = Number(value);
    if (Number.isFinite(mgdl)) readings.push({ t, mgdl });
  }
  return { record, start, heldApartFrom, readings };
}
