import type { Issue } from './issue.js';

/**
 * FHIR JSON with its decimals as written: `70.50` means another precision than `70.5` (FHIR R4 json.html#decimal), and JavaScript
 * numbers cannot distinguish them. A number that prints as it was written stays a number; any other becomes a {@link Decimal}.
 */
export type Json = null | boolean | number | string | Decimal | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A number whose digits matter. */
export class Decimal {
  constructor(
    /** As written, a JSON number. */
    readonly text: string,
  ) {}

  toNumber(): number {
    return Number(this.text);
  }

  toJSON(): number {
    return Number(this.text);
  }
}

/** Whether a value is an object: no array, no number that keeps its digits. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

export type Parsed = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: Issue };

/** Deeper than any resource needs (contained resources and extensions included), far less than what exhausts a stack. */
export const MAX_NESTING = 64;

/** What is refused: the parser's position is known, the text itself is never repeated. */
class Refusal {
  constructor(
    readonly at: number,
    readonly why: string,
  ) {}
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_STRING = /[^"\\\u0000-\u001f]*/y;

/** Reads JSON text. A byte-order mark in front is ignored; doubled names, NUL, lone surrogates and numbers beyond a double are refused. */
export function parseJson(text: string): Parsed {
  const parser = new Parser(text);
  try {
    return { ok: true, value: parser.document() };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    const line = text.slice(0, refusal.at).split('\n').length;
    const column = refusal.at - text.lastIndexOf('\n', refusal.at - 1);
    return {
      ok: false,
      error: { severity: 'error', code: 'structure', diagnostics: `${refusal.why} (line ${line}, column ${column})` },
    };
  }
}

class Parser {
  private at: number;

  constructor(private readonly text: string) {
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  document(): Json {
    this.space();
    if (this.at >= this.text.length) throw new Refusal(this.at, 'the body is empty; a JSON object is expected');
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw new Refusal(this.at, 'there is something after the end of the JSON value');
    return value;
  }

  private value(depth: number): Json {
    if (depth > MAX_NESTING) throw new Refusal(this.at, `nested deeper than ${MAX_NESTING} levels`);
    const code = this.text.charCodeAt(this.at);
    if (code === 0x7b) return this.object(depth);
    if (code === 0x5b) return this.array(depth);
    if (code === 0x22) return this.string();
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.number();
    if (this.text.startsWith('true', this.at)) return this.word(4, true);
    if (this.text.startsWith('false', this.at)) return this.word(5, false);
    if (this.text.startsWith('null', this.at)) return this.word(4, null);
    throw new Refusal(this.at, 'a JSON value is expected here');
  }

  private word<T>(length: number, value: T): T {
    this.at += length;
    return value;
  }

  private object(depth: number): JsonObject {
    const object: Record<string, Json> = {};
    this.at += 1;
    this.space();
    if (this.text.charCodeAt(this.at) === 0x7d) return this.word(1, object);
    for (;;) {
      this.space();
      if (this.text.charCodeAt(this.at) !== 0x22)
        throw new Refusal(this.at, 'a name in double quotes is expected here');
      const nameAt = this.at;
      const name = this.string();
      if (name === '__proto__') throw new Refusal(nameAt, 'no FHIR element has this name');
      if (Object.hasOwn(object, name)) throw new Refusal(nameAt, 'this name stands twice in its object');
      this.space();
      if (this.text.charCodeAt(this.at) !== 0x3a) throw new Refusal(this.at, 'a colon is expected here');
      this.at += 1;
      this.space();
      object[name] = this.value(depth + 1);
      this.space();
      const next = this.text.charCodeAt(this.at);
      this.at += 1;
      if (next === 0x7d) return object;
      if (next !== 0x2c) throw new Refusal(this.at - 1, 'a comma or } is expected here');
    }
  }

  private array(depth: number): readonly Json[] {
    const array: Json[] = [];
    this.at += 1;
    this.space();
    if (this.text.charCodeAt(this.at) === 0x5d) return this.word(1, array);
    for (;;) {
      this.space();
      array.push(this.value(depth + 1));
      this.space();
      const next = this.text.charCodeAt(this.at);
      this.at += 1;
      if (next === 0x5d) return array;
      if (next !== 0x2c) throw new Refusal(this.at - 1, 'a comma or ] is expected here');
    }
  }

  private number(): number | Decimal {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw new Refusal(this.at, 'a number is expected here');
    const written = match[0];
    const value = Number(written);
    if (!Number.isFinite(value)) throw new Refusal(this.at, 'the number is out of range');
    this.at += written.length;
    return String(value) === written ? value : new Decimal(written);
  }

  private string(): string {
    const from = this.at;
    PLAIN_STRING.lastIndex = from + 1;
    PLAIN_STRING.exec(this.text);
    this.at = PLAIN_STRING.lastIndex;
    let value = this.text.slice(from + 1, this.at);
    while (this.text.charCodeAt(this.at) === 0x5c) {
      value += this.escape();
      PLAIN_STRING.lastIndex = this.at;
      PLAIN_STRING.exec(this.text);
      value += this.text.slice(this.at, PLAIN_STRING.lastIndex);
      this.at = PLAIN_STRING.lastIndex;
    }
    if (this.text.charCodeAt(this.at) !== 0x22) {
      throw new Refusal(
        this.at,
        this.at >= this.text.length ? 'the text ends inside a string' : 'a control character must be escaped',
      );
    }
    this.at += 1;
    if (value.includes('\u0000')) throw new Refusal(from, 'a string must not hold the character NUL');
    if (!value.isWellFormed()) throw new Refusal(from, 'a string must not hold half a surrogate pair');
    return value;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    const simple = SIMPLE_ESCAPES[letter];
    if (simple !== undefined) return this.word(2, simple);
    const hex = this.text.slice(this.at + 2, this.at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) throw new Refusal(this.at, 'this is not an escape of JSON');
    return this.word(6, String.fromCharCode(Number.parseInt(hex, 16)));
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Writes JSON text with every decimal as it was written. */
export function stringifyJson(value: Json): string {
  if (value instanceof Decimal) return value.text;
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(stringifyJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    let members = '';
    for (const [name, member] of Object.entries(value as JsonObject)) {
      if (member === undefined) continue;
      members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${stringifyJson(member)}`;
    }
    return `{${members}}`;
  }
  return JSON.stringify(value);
}
