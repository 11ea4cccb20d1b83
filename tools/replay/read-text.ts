import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { readSample, referenceKey } from '#libs/samples';
import type { OnBad, RecordedSample, RecordingFile } from './recording.js';

/** A recording has no clock: nothing in it is in the future. */
const ANY_TIME = { receivedAt: Number.MAX_SAFE_INTEGER };

/** Reads a recording of text line by line (a JSON array as a whole), `.gz` or not. The format is detected from its first line. */
export async function* readText(file: RecordingFile, onBad: OnBad): AsyncGenerator<RecordedSample> {
  const place = { line: 0 };
  try {
    yield* readLines(file, onBad, place);
  } catch (error) {
    // What the file system and zlib say has a code; anything else is a fault of ours.
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (code === undefined) throw error;
    onBad({ file: file.path, line: place.line, code: 'unreadable', message: String(message) });
  }
}

async function* readLines(file: RecordingFile, onBad: OnBad, place: { line: number }): AsyncGenerator<RecordedSample> {
  const raw = createReadStream(file.path);
  const unpacked = file.path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => unpacked.destroy(error));
  let read: LineReader | undefined;
  let array: string[] | undefined;
  for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) {
    place.line++;
    if (array !== undefined) array.push(line);
    else if (line.trim() === '') continue;
    else if (read !== undefined) yield* read(line, place.line);
    else {
      const head = line.replace(/^\ufeff/, '').trim();
      if (head.startsWith('[')) array = [head];
      else if (head.startsWith('{')) yield* (read = jsonLines(file, onBad))(head, place.line);
      else read = csvReader(file, head, onBad);
      if (array !== undefined || read !== undefined) continue;
      onBad({ file: file.path, line: place.line, code: 'unknown-format', message: FORMATS });
      return;
    }
  }
  if (array !== undefined) yield* wholeArray(file, array.join('\n'), onBad);
  else if (read === undefined) onBad({ file: file.path, line: 0, code: 'empty', message: 'the file holds nothing' });
}

type LineReader = (line: string, number: number) => Iterable<RecordedSample>;

const FORMATS =
  'not samples as NDJSON or a JSON array, not CSV with patient,code,value,unit,effectiveAt[,source] or Timestamp,Event Type,Glucose, and not a WFDB header';

function jsonLines(file: RecordingFile, onBad: OnBad): LineReader {
  return function* (line: string, number: number): Generator<RecordedSample> {
    let raw: unknown;
    try {
      raw = JSON.parse(line);
    } catch {
      onBad({ file: file.path, line: number, code: 'malformed-json', message: 'the line is not JSON' });
      return;
    }
    yield* samplesOf(file, raw, number, onBad);
  };
}

function* wholeArray(file: RecordingFile, text: string, onBad: OnBad): Generator<RecordedSample> {
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    onBad({ file: file.path, line: 0, code: 'malformed-json', message: 'the file is not a JSON array' });
    return;
  }
  let index = 0;
  for (const item of items as unknown[]) yield* samplesOf(file, item, ++index, onBad);
}

function* samplesOf(file: RecordingFile, raw: unknown, line: number, onBad: OnBad): Generator<RecordedSample> {
  for (const one of readSample(raw, line, ANY_TIME)) {
    if (one.kind === 'refused') {
      onBad({ file: file.path, line, code: one.code, message: one.message });
      continue;
    }
    if (one.patient === undefined) {
      onBad({
        file: file.path,
        line,
        code: 'patient-missing',
        message: 'a recording names the patient of each sample',
      });
      continue;
    }
    const device = one.device === undefined ? '' : referenceKey(one.device);
    yield { patient: referenceKey(one.patient), source: one.source ?? 'replay', device, wire: one.wire };
  }
}

const NEEDED = ['patient', 'code', 'value', 'unit', 'effectiveAt'];

function csvReader(file: RecordingFile, head: string, onBad: OnBad): LineReader | undefined {
  const columns = cells(head);
  const place = new Map(columns.map((name, index) => [name, index]));
  const rows = (toRaw: (cell: (name: string) => string | undefined) => object | undefined) =>
    function* (line: string, number: number): Generator<RecordedSample> {
      const row = cells(line);
      if (row.length !== columns.length) {
        const message = `the line has ${row.length} fields, the header ${columns.length}`;
        onBad({ file: file.path, line: number, code: 'fields-mismatch', message });
        return;
      }
      const raw = toRaw((name) => row[place.get(name) ?? -1] || undefined);
      if (raw !== undefined) yield* samplesOf(file, raw, number, onBad);
    };
  if (NEEDED.every((name) => place.has(name))) {
    return rows((cell) => ({
      patient: cell('patient'),
      code: cell('code'),
      value: numberOf(cell('value')),
      unit: cell('unit'),
      effectiveAt: cell('effectiveAt'),
      source: cell('source'),
    }));
  }
  const glucose = columns.find((name) => /^Glucose(?: Value)? \(mg\/dL\)$/i.test(name));
  const time = columns.find((name) => /^Timestamp\b/i.test(name));
  if (glucose === undefined || time === undefined || !place.has('Event Type')) return undefined;
  const patient = file.name.replace(/[^A-Za-z0-9\-.]/g, '-').slice(0, 64);
  return rows((cell) => {
    if (cell('Event Type') !== 'EGV') return undefined;
    // Local time without a zone is read as UTC: rules use differences only.
    const at = cell(time)?.replace(' ', 'T');
    const effectiveAt = at !== undefined && /T[\d:.]+$/.test(at) ? `${at}Z` : at;
    return { patient, code: 'glucose', unit: 'mg/dL', value: numberOf(cell(glucose)), effectiveAt };
  });
}

/** Text stays text, so that the reader of samples says what is wrong with it. */
function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** Fields of a CSV line (RFC 4180, without line breaks inside quotes). */
function cells(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  const found: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*|([^,]*))/g)) {
    found.push(quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"'));
  }
  return found;
}
