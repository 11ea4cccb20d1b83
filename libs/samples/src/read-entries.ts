import { isUtf8 } from 'node:buffer';
import { SAMPLE_LIMITS } from '#libs/contracts';
import { refuse, type Refusal } from './refusal.js';
import { splitElements } from './split-elements.js';

/** One entry of a request: a parsed JSON value, not yet looked at, or why there is none. */
export type Entry = { readonly kind: 'entry'; readonly index: number; readonly raw: unknown } | Refusal;

export type Entries =
  | { readonly ok: true; readonly entries: readonly Entry[] }
  | { readonly ok: false; readonly message: string };

/**
 * The entries of a JSON text: the items of an array, or one object. When the array does not parse because of some of its items
 * (Python writes `NaN`), those are refused and the others are read.
 */
export function readJson(text: string): Entries {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text) as unknown;
  } catch {
    return readBrokenArray(text);
  }
  if (Array.isArray(parsed))
    return { ok: true, entries: parsed.map((raw: unknown, index) => ({ kind: 'entry', index, raw })) };
  if (typeof parsed === 'object' && parsed !== null)
    return { ok: true, entries: [{ kind: 'entry', index: 0, raw: parsed }] };
  return { ok: false, message: 'the body must be a JSON array of samples, or one sample' };
}

function readBrokenArray(text: string): Entries {
  const elements = splitElements(text);
  if (elements === undefined) return { ok: false, message: 'the body is not valid JSON' };
  const entries = elements.map((element, index) => readElement(element, index));
  if (entries.every((entry) => entry.kind === 'refused' && entry.code === 'malformed-json')) {
    return { ok: false, message: 'the body is not valid JSON' };
  }
  return { ok: true, entries };
}

function readElement(text: string, index: number): Entry {
  try {
    return { kind: 'entry', index, raw: JSON.parse(text) as unknown };
  } catch {
    return writesNotANumber(text)
      ? refuse(index, 'value-not-finite', 'NaN and Infinity are not numbers in JSON; leave the sample out', text)
      : refuse(index, 'malformed-json', 'not valid JSON', text);
  }
}

function writesNotANumber(text: string): boolean {
  return /[:[,]\s*-?(?:NaN|Infinity)\b/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '""'));
}

/** The entry of one NDJSON line; undefined for a blank one. */
export function readLine(line: string, index: number): Entry | undefined {
  const text = line.trim();
  return text === '' ? undefined : readElement(text, index);
}

/** Cuts NDJSON into lines as bytes come, holding one line of bounded length at most. */
export class LineReader {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private tooLong = false;
  private index = 0;

  constructor(private readonly maxBytes: number = SAMPLE_LIMITS.lineBytes) {}

  /** Entries of the lines that this chunk ends. */
  push(chunk: Buffer): Entry[] {
    const entries: Entry[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.take(chunk.subarray(start, end));
      this.endLine(entries);
      start = end + 1;
    }
    this.take(chunk.subarray(start));
    return entries;
  }

  /** The last line, when the body did not end with a newline. */
  end(): Entry[] {
    const entries: Entry[] = [];
    if (this.heldBytes > 0 || this.tooLong) this.endLine(entries);
    return entries;
  }

  private take(part: Buffer): void {
    if (part.length === 0 || this.tooLong) return;
    this.heldBytes += part.length;
    if (this.heldBytes > this.maxBytes) {
      this.tooLong = true;
      this.held = [];
      return;
    }
    this.held.push(part);
  }

  private endLine(entries: Entry[]): void {
    const entry = this.currentLine();
    if (entry !== undefined) entries.push(entry);
    this.index++;
    this.held = [];
    this.heldBytes = 0;
    this.tooLong = false;
  }

  private currentLine(): Entry | undefined {
    if (this.tooLong) return refuse(this.index, 'line-too-long', `a line may have at most ${this.maxBytes} bytes`);
    const [first] = this.held;
    if (first === undefined) return undefined;
    const bytes = this.held.length === 1 ? first : Buffer.concat(this.held);
    if (!isUtf8(bytes)) return refuse(this.index, 'text-invalid', 'the line is not valid UTF-8');
    return readLine(bytes.toString('utf8'), this.index);
  }
}

/** The entries of a whole payload (MQTT): JSON, else NDJSON. */
export function readPayload(payload: Buffer): Entries {
  if (!isUtf8(payload)) return { ok: false, message: 'the payload is not valid UTF-8' };
  const whole = readJson(payload.toString('utf8'));
  if (whole.ok || !payload.includes(10)) return whole;
  const reader = new LineReader();
  const entries = [...reader.push(payload), ...reader.end()];
  if (entries.every((entry) => entry.kind === 'refused' && entry.code === 'malformed-json')) return whole;
  return { ok: true, entries };
}
