/** Reads MIT-format annotation files (WFDB): rows of 16-bit little-endian words, code in the upper six bits, interval in the lower ten. */
export interface Annotation {
  /** Sample number from the record's start. */
  readonly sample: number;
  readonly code: number;
}

/** Annotation codes that mark beats (WFDB ecgcodes.h). */
export const BEAT_CODES: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25, 30, 34, 35, 38, 41,
]);

const SKIP = 59;
const NUM = 60;
const SUB = 61;
const CHN = 62;
const AUX = 63;

export function readAnnotations(bytes: Buffer): readonly Annotation[] {
  const annotations: Annotation[] = [];
  let sample = 0;
  let at = 0;
  while (at + 1 < bytes.length) {
    const word = bytes.readUInt16LE(at);
    at += 2;
    const code = word >> 10;
    const interval = word & 1023;
    if (code === 0 && interval === 0) break;
    if (code === SKIP) {
      // The high word comes first; each word is little-endian.
      sample += (bytes.readInt16LE(at) << 16) | bytes.readUInt16LE(at + 2);
      at += 4;
    } else if (code === AUX) {
      at += interval + (interval & 1);
    } else if (code !== NUM && code !== SUB && code !== CHN) {
      sample += interval;
      if (code !== 0) annotations.push({ sample, code });
    }
  }
  return annotations;
}
