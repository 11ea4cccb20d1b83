/** Reads WFDB headers, annotations, sample files and packs of recordings (physionet.org/physiotools/wag: header(5), annot(5), signal(5)). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BEAT_CODES, readAnnotations, type Annotation } from '../real-input/wfdb-annotations.js';

export interface Header {
  readonly record: string;
  /** Samples per second. */
  readonly fs: number;
  /** Samples of the record; 0 when the header does not say. */
  readonly samples: number;
  /** Units per mV and value of 0 mV of the first signal. */
  readonly gain: number;
  readonly baseline: number;
  readonly format: string;
  readonly signals: number;
}

/** One annotated stretch, seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const RHYTHM_CODE = 28;
const AUX = 63;

export function recordNames(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.hea'))
    .map((name) => name.slice(0, -'.hea'.length))
    .sort();
}

export function readHeader(folder: string, record: string): Header {
  const lines = readFileSync(join(folder, `${record}.hea`), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [, signals, rate, samples] = (lines[0] ?? '').trim().split(/\s+/);
  const first = (lines[1] ?? '').trim().split(/\s+/);
  const gainText = first[2] ?? '';
  const gain = Number.parseFloat(gainText);
  const explicit = /\((-?\d+)\)/.exec(gainText);
  const fs = Number.parseFloat(rate ?? '');
  return {
    record,
    fs: fs > 0 ? fs : 250,
    samples: Number(samples ?? 0) || 0,
    gain: gain > 0 ? gain : 200,
    baseline: explicit ? Number(explicit[1]) : Number(first[4] ?? 0) || 0,
    format: first[1] ?? '',
    signals: Number(signals ?? 0) || 0,
  };
}

function bytesOf(folder: string, file: string): Buffer | undefined {
  const path = join(folder, file);
  if (existsSync(path)) return readFileSync(path);
  return existsSync(`${path}.gz`) ? gunzipSync(readFileSync(`${path}.gz`)) : undefined;
}

/** Annotations of the first annotator of the list that is there; undefined when none is. */
export function annotationsOf(
  folder: string,
  record: string,
  annotators: readonly string[],
): readonly Annotation[] | undefined {
  for (const annotator of annotators) {
    const bytes = bytesOf(folder, `${record}.${annotator}`);
    if (bytes) return readAnnotations(bytes);
  }
  return undefined;
}

export function isBeat(annotation: Annotation): boolean {
  return BEAT_CODES.has(annotation.code);
}

/** The stretches of one rhythm (aux text of code 28, such as `(AFIB`); undefined without an `.atr`. */
export function rhythmStretches(
  folder: string,
  record: string,
  rhythm: string,
  fs: number,
): readonly Stretch[] | undefined {
  const bytes = bytesOf(folder, `${record}.atr`);
  if (!bytes) return undefined;
  const samples = readAnnotations(bytes).filter((annotation) => annotation.code === RHYTHM_CODE);
  const names = rhythmNames(bytes);
  return samples.flatMap((annotation, i) =>
    names[i] === rhythm
      ? [{ from: annotation.sample / fs, to: (samples[i + 1]?.sample ?? Number.POSITIVE_INFINITY) / fs }]
      : [],
  );
}

/** Aux texts of the rhythm annotations, in order. */
function rhythmNames(bytes: Buffer): readonly string[] {
  const names: string[] = [];
  let isRhythm = false;
  for (let at = 0; at + 1 < bytes.length;) {
    const word = bytes.readUInt16LE(at);
    const code = word >> 10;
    const length = word & 1023;
    at += 2;
    if (word === 0) break;
    if (code === 59) at += 4;
    else if (code === AUX) {
      const end = at + length;
      if (isRhythm) names[names.length - 1] = bytes.toString('latin1', at, end).replace(/\0.*$/s, '').trim();
      at = end + (length & 1);
    } else if (code !== 0 && code < 50) {
      isRhythm = code === RHYTHM_CODE;
      if (isRhythm) names.push('');
    }
  }
  return names;
}

export function within(stretches: readonly Stretch[], at: number): boolean {
  return stretches.some((stretch) => at >= stretch.from && at < stretch.to);
}

/** One dp16 channel: `samples` low bytes then high bytes of first differences modulo 2^16, in ADC units. */
export function decodeDp16(bytes: Buffer, offset: number, samples: number): Int16Array {
  const out = new Int16Array(samples);
  let value = 0;
  for (let i = 0; i < samples; i++) {
    value = (value + (bytes[offset + i]! | (bytes[offset + samples + i]! << 8))) & 0xffff;
    out[i] = value;
  }
  return out;
}

/** The first signal of a record in mV, from `.ch0.dp16[.gz]` or a format-212 or 16 `.dat`; undefined when neither is there. */
export function readFirstSignal(folder: string, header: Header): Float64Array | undefined {
  const packed = bytesOf(folder, `${header.record}.ch0.dp16`);
  if (packed) return scale(decodeDp16(packed, 0, packed.length >> 1), header.gain, header.baseline);
  const raw = bytesOf(folder, `${header.record}.dat`);
  if (!raw || header.signals < 1) return undefined;
  if (header.format === '212') return scale(decode212(raw, header.signals), header.gain, header.baseline);
  if (header.format === '16') {
    const frames = Math.floor(raw.length / 2 / header.signals);
    const values = Int16Array.from({ length: frames }, (_, i) => raw.readInt16LE(i * 2 * header.signals));
    return scale(values, header.gain, header.baseline);
  }
  return undefined;
}

/** First signal of interleaved 12-bit samples, two in three bytes. */
function decode212(bytes: Buffer, signals: number): Int16Array {
  const frames = Math.floor(Math.floor((bytes.length * 2) / 3) / signals);
  const out = new Int16Array(frames);
  for (let i = 0; i < frames; i++) {
    const index = i * signals;
    const at = (index >> 1) * 3;
    const middle = bytes[at + 1]!;
    const value = index & 1 ? bytes[at + 2]! | ((middle >> 4) << 8) : bytes[at]! | ((middle & 15) << 8);
    out[i] = (value << 20) >> 20;
  }
  return out;
}

function scale(values: Int16Array, gain: number, baseline: number): Float64Array {
  return Float64Array.from(values, (value) => (value - baseline) / gain);
}

interface PackChannel {
  readonly name: string;
  readonly gain: number;
  readonly baseline: number;
}

/** One record of `index.json`. Labels (`true`, `label`) are read by scoring only. */
export interface PackEntry {
  readonly record: string;
  readonly pack?: string;
  readonly offset: number;
  readonly length: number;
  readonly samples: number;
  readonly fs: number;
  readonly gain?: number;
  readonly baseline?: number;
  readonly alarm?: string;
  readonly channels?: readonly PackChannel[];
  readonly label?: string;
  readonly true?: number;
}

export function readIndex(folder: string): readonly PackEntry[] {
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as PackEntry[];
}

/** The channels of packed records, in their units. Packs are read once and kept for the reader's life. */
export class PackReader {
  private readonly packs = new Map<string, Buffer>();

  constructor(private readonly folder: string) {}

  read(entry: PackEntry, name: string): ReadonlyArray<{ readonly name: string; readonly values: Float64Array }> {
    const pack = this.packs.get(name) ?? readFileSync(join(this.folder, name));
    this.packs.set(name, pack);
    const bytes = gunzipSync(pack.subarray(entry.offset, entry.offset + entry.length));
    const channels = entry.channels ?? [{ name: 'ECG', gain: entry.gain ?? 1000, baseline: entry.baseline ?? 0 }];
    const samples = Math.min(entry.samples, Math.floor(bytes.length / 2 / channels.length));
    return channels.map((channel, i) => ({
      name: channel.name,
      values: scale(decodeDp16(bytes, i * 2 * samples, samples), channel.gain || 1, channel.baseline),
    }));
  }
}
