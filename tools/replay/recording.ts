import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { WireSample } from '#libs/contracts';

/** One sample of a recording; values canonical and possible. */
export interface RecordedSample {
  readonly patient: string;
  readonly source: string;
  readonly device: string;
  readonly wire: WireSample;
}

/** What could not be read. `line` from 1; 0: the file as a whole. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export type OnBad = (bad: BadLine) => void;

export interface RecordingFile {
  /** Name in reports: the file's, without folder and endings. */
  readonly name: string;
  readonly path: string;
}

/** Where recordings that have no date of their own begin: any fixed day serves. */
export const UNDATED_START = Date.UTC(2000, 0, 1);

/** The recordings at a path: the file itself, or all of a folder in order of name; undefined when nothing is there. */
export function recordingsAt(path: string): readonly RecordingFile[] | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return [recordingOf(path)];
  const names = readdirSync(path).sort();
  const headers = new Set(names.filter((name) => name.endsWith('.hea')).map((name) => name.slice(0, -4)));
  return names
    .filter((name) => !name.startsWith('.') && !statSync(join(path, name)).isDirectory())
    .filter((name) => name.endsWith('.hea') || !headers.has(name.split('.')[0]!))
    .map((name) => recordingOf(join(path, name)));
}

function recordingOf(path: string): RecordingFile {
  return {
    name: basename(path)
      .replace(/\.gz$/, '')
      .replace(/\.(ndjson|jsonl|json|csv|hea)$/, ''),
    path,
  };
}

/** Folder and record name of a WFDB header. */
export function wfdbRecord(path: string): { readonly folder: string; readonly record: string } {
  return { folder: dirname(path), record: basename(path).slice(0, -'.hea'.length) };
}
