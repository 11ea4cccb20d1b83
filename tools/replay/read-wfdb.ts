import type { WireSample } from '#libs/contracts';
import { judge, measureByName, type Measure } from '#libs/domain/quantities';
import { annotationsOf, isBeat, readFirstSignal, readHeader, type Header } from '../validate/wfdb.js';
import { UNDATED_START, wfdbRecord, type OnBad, type RecordedSample, type RecordingFile } from './recording.js';

/** Beat marks, best first: reference beats, corrected detector, detector. */
const ANNOTATORS = ['atr', 'qrsc', 'qrs', 'ecg'];
const CHUNK_SECONDS = 10;

/**
 * A WFDB record as a monitor would send it: successive intervals between the marked beats and the first signal as ECG, each in pieces of
 * about ten seconds, in order of their ends.
 */
export function* readWfdb(file: RecordingFile, onBad: OnBad): Generator<RecordedSample> {
  const { folder, record } = wfdbRecord(file.path);
  const bad = (code: string, message: string): void => onBad({ file: file.path, line: 0, code, message });
  try {
    const header = readHeader(folder, record);
    const beats = annotationsOf(folder, record, ANNOTATORS)?.filter(isBeat) ?? [];
    const signal = readFirstSignal(folder, header);
    if (beats.length < 2 && signal === undefined) {
      bad('wfdb-empty', `neither beat marks (${ANNOTATORS.join(', ')}) nor a signal that can be read lies beside it`);
      return;
    }
    const times = beats.map(({ sample }) => (sample / header.fs) * 1000);
    const intervals = [...intervalSamples(times, measureByName('rr-interval'))];
    const waves = signal === undefined ? [] : waveSamples(signal, header, measureByName('ecg'));
    for (const wire of merged(intervals, waves)) yield { patient: record, source: 'wfdb', device: '', wire };
  } catch (error) {
    bad('wfdb-unreadable', error instanceof Error ? error.message : 'cannot be read');
  }
}

/** An interval that cannot be one (marks left out, or twice) ends a piece. */
function* intervalSamples(beats: readonly number[], { number: c, ...measure }: Measure): Generator<WireSample> {
  let s: number[] = [];
  let from = beats[0] ?? 0;
  for (let i = 1; i < beats.length; i++) {
    const interval = Math.round(beats[i]! - beats[i - 1]!);
    const possible = judge({ number: c, ...measure }, interval).verdict !== 'impossible';
    if (possible) s.push(interval);
    if (possible && beats[i]! - from < CHUNK_SECONDS * 1000) continue;
    if (s.length > 0) yield { c, t: UNDATED_START + Math.round(from), s };
    s = [];
    from = beats[i]!;
  }
  if (s.length > 0) yield { c, t: UNDATED_START + Math.round(from), s };
}

function* waveSamples(signal: Float64Array, { fs }: Header, { number: c }: Measure): Generator<WireSample> {
  const size = Math.max(1, Math.round(CHUNK_SECONDS * fs));
  for (let at = 0; at < signal.length; at += size) {
    const s = Array.from(signal.subarray(at, at + size));
    yield { c, t: UNDATED_START + Math.round((at / fs) * 1000), s, p: 1000 / fs };
  }
}

function* merged(left: Iterable<WireSample>, right: Iterable<WireSample>): Generator<WireSample> {
  const [a, b] = [left[Symbol.iterator](), right[Symbol.iterator]()];
  let [x, y] = [a.next(), b.next()];
  while (x.done !== true || y.done !== true) {
    if (y.done === true || (x.done !== true && endOf(x.value) <= endOf(y.value))) {
      if (x.done !== true) yield x.value;
      x = a.next();
    } else {
      yield y.value;
      y = b.next();
    }
  }
}

/** When a sample was complete, ms: what a monitor sends, it sends then. */
export function endOf({ t, s, p }: WireSample): number {
  if (s === undefined) return t;
  return t + Math.round(p === undefined ? s.reduce((sum, interval) => sum + interval, 0) : p * (s.length - 1));
}
