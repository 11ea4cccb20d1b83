/**
 * SHA-256 (FIPS 180-4) of text as UTF-8, in plain JavaScript, because the domain runs without Node. One block of 64 bytes takes
 * about half a microsecond, so an identity costs about one: cheap enough to have a hash that nobody can find collisions for.
 */
const K = roundConstants();
const schedule = new Int32Array(64);
const state = new Int32Array(8);
let bytes = new Uint8Array(512);

type Words = readonly [number, number, number, number];

/** First four 32-bit words of the hash, big-endian order, signed. */
export function sha256Words(text: string): Words {
  return digestOf(encode(text, 0));
}

/** The same of a text with a whole number in it, in decimal: `${before}${n}${after}` without making that text. */
export function sha256WordsAround(before: string, n: number, after: string): Words {
  return digestOf(encode(after, encodeInteger(n, encode(before, 0))));
}

/** Hash of the first `length` of `bytes`. */
function digestOf(length: number): Words {
  const padded = ((length + 8) >> 6) * 64 + 64;
  reserve(padded);
  bytes.fill(0, length, padded);
  bytes[length] = 0x80;
  const bits = length * 8;
  for (let i = 0; i < 4; i++) {
    bytes[padded - 1 - i] = (bits >>> (i * 8)) & 0xff;
    bytes[padded - 5 - i] = Math.floor(bits / 0x1_0000_0000) >>> (i * 8);
  }
  state.set(INITIAL);
  for (let at = 0; at < padded; at += 64) block(bytes, at);
  return [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0];
}

function block(source: Uint8Array, at: number): void {
  const w = schedule;
  const k = K;
  const h = state;
  for (let i = 0, j = at; i < 16; i++, j += 4) {
    w[i] = (source[j]! << 24) | (source[j + 1]! << 16) | (source[j + 2]! << 8) | source[j + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = h[0]! | 0;
  let b = h[1]! | 0;
  let c = h[2]! | 0;
  let d = h[3]! | 0;
  let e = h[4]! | 0;
  let f = h[5]! | 0;
  let g = h[6]! | 0;
  let last = h[7]! | 0;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (((((last + s1) | 0) + ((e & f) ^ (~e & g))) | 0) + ((k[i]! + w[i]!) | 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    last = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  h[0] = (h[0]! + a) | 0;
  h[1] = (h[1]! + b) | 0;
  h[2] = (h[2]! + c) | 0;
  h[3] = (h[3]! + d) | 0;
  h[4] = (h[4]! + e) | 0;
  h[5] = (h[5]! + f) | 0;
  h[6] = (h[6]! + g) | 0;
  h[7] = (h[7]! + last) | 0;
}

const HALF = 10_000_000;

/** Decimal digits of a safe integer into `bytes` from `at` on; answers where they end. Small numbers, whose digits are cheap, at a time. */
function encodeInteger(n: number, at: number): number {
  reserve(at + 17);
  let length = at;
  const size = Math.abs(n);
  if (n < 0) bytes[length++] = 0x2d;
  const high = Math.floor(size / HALF);
  if (high >= HALF) return encode(String(size), length);
  const low = size - high * HALF;
  if (high > 0) length = encodeDigits(high, 1, length);
  return encodeDigits(low, high > 0 ? 7 : 1, length);
}

/** At least `least` digits of a number under ten million. */
function encodeDigits(n: number, least: number, at: number): number {
  let count = least;
  for (let bound = 10 ** least; n >= bound; bound *= 10) count++;
  for (let i = at + count - 1, rest = n | 0; i >= at; i--) {
    const next = (rest / 10) | 0;
    bytes[i] = 0x30 + rest - next * 10;
    rest = next;
  }
  return at + count;
}

/** UTF-8 into `bytes` from `at` on; answers where it ends. A lone surrogate is written as its three bytes, so that different texts stay different. */
function encode(text: string, at: number): number {
  reserve(at + text.length * 3);
  let length = at;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point < 0x80) {
      bytes[length++] = point;
      continue;
    }
    if (point >= 0xd800 && point < 0xdc00) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (next - 0xdc00);
        i++;
      }
    }
    if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
    } else if (point < 0x10000) {
      bytes[length++] = 0xe0 | (point >> 12);
      bytes[length++] = 0x80 | ((point >> 6) & 63);
    } else {
      bytes[length++] = 0xf0 | (point >> 18);
      bytes[length++] = 0x80 | ((point >> 12) & 63);
      bytes[length++] = 0x80 | ((point >> 6) & 63);
    }
    bytes[length++] = 0x80 | (point & 63);
  }
  return length;
}

function reserve(size: number): void {
  if (bytes.length >= size) return;
  const larger = new Uint8Array(Math.max(size, bytes.length * 2));
  larger.set(bytes);
  bytes = larger;
}

const INITIAL = fractionsOf((prime) => Math.sqrt(prime), 8);

/** FIPS 180-4: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
function roundConstants(): Int32Array {
  return fractionsOf((prime) => Math.cbrt(prime), 64);
}

function fractionsOf(root: (prime: number) => number, count: number): Int32Array {
  const words = new Int32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let prime = true;
    for (let i = 2; i * i <= candidate; i++) if (candidate % i === 0) prime = false;
    if (!prime) continue;
    const value = root(candidate);
    words[found++] = Math.floor((value - Math.floor(value)) * 0x1_0000_0000) | 0;
  }
  return words;
}

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/**
 * A running 64-bit mix of numbers and text: two lanes of MurmurHash3 (public domain, A. Appleby). It distinguishes versions of one
 * measurement apart, so it need not resist an attacker; it is made for series of thousands of values.
 */
export class ContentMix {
  private a = 0x1b873593;
  private b = 0x5bd1e995;
  private words = 0;

  number(value: number): void {
    float[0] = value === 0 ? 0 : value;
    this.word(halves[0]!);
    this.word(halves[1]!);
  }

  text(text: string): void {
    this.word(text.length);
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
  }

  /** Signed 64-bit decimal. */
  digest(): string {
    const high = finish(this.a ^ this.words);
    const low = finish(this.b ^ Math.imul(this.words, 0x9e3779b1));
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)).toString();
  }

  private word(word: number): void {
    this.words++;
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    this.a ^= k;
    this.a = (Math.imul((this.a << 13) | (this.a >>> 19), 5) + 0xe6546b64) | 0;
    let m = Math.imul(word, 0x239b961b);
    m = Math.imul((m << 17) | (m >>> 15), 0xab0e9789);
    this.b ^= m;
    this.b = (Math.imul((this.b << 14) | (this.b >>> 18), 5) + 0x561ccd1b) | 0;
  }
}

function finish(hash: number): number {
  let h = hash;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
