import { sha256 } from '@noble/hashes/sha2.js';

/**
 * SHA-256 of text as UTF-8 by `@noble/hashes` (docs/adr), which runs without Node. The texts of identities are short and many, so the hasher
 * and its buffers are made once.
 */
const fresh = sha256.create();
const hasher = sha256.create();
const digest = new Uint8Array(32);
const words = new DataView(digest.buffer);
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
  fresh._cloneInto(hasher);
  hasher.update(bytes.subarray(0, length)).digestInto(digest);
  return [words.getInt32(0), words.getInt32(4), words.getInt32(8), words.getInt32(12)];
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
