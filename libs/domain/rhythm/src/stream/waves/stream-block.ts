/** A second of one channel as text: 12 to 13 bits per ECG sample in two characters, 6 to 7 bits per pulse sample in one. */

/** How a second of signal can be used: good, flat (one value throughout), missing (gaps in it) or saturated (clipped). */
export type BlockQuality = 'g' | 'f' | 'm' | 's';

export type Block = readonly [quality: BlockQuality, low: number, step: number, text: string];

/** Printable characters that JSON does not escape. */
const ALPHABET = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter((each) => each !== '\\');
const BASE = ALPHABET.length;
const VALUES = new Int16Array(128);
ALPHABET.forEach((character, i) => (VALUES[character.charCodeAt(0)] = i));

/** `width` characters per sample; NaN is kept as missing (code 0). */
export function encode(samples: readonly number[], quality: BlockQuality, width: 1 | 2): Block {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  if (low > high) low = high = 0;
  // Four digits, rounded up so that the highest sample still has a code.
  const step = Number((((high - low) / (BASE ** width - 2)) * 1.0005).toPrecision(4));
  let text = '';
  for (const sample of samples) {
    const code = Number.isNaN(sample) ? 0 : 1 + (step > 0 ? Math.round((sample - low) / step) : 0);
    text += width === 2 ? ALPHABET[Math.floor(code / BASE)]! + ALPHABET[code % BASE]! : ALPHABET[code]!;
  }
  return [quality, low, step, text];
}

/** The samples of successive blocks; unusable blocks and missing samples are NaN. */
export function decode(blocks: readonly Block[], width: 1 | 2, samplesPerBlock: number): Float64Array {
  const out = new Float64Array(blocks.length * samplesPerBlock);
  let at = 0;
  for (const [quality, low, step, text] of blocks) {
    const isUsable = quality === 'g' || quality === 'f';
    for (let i = 0; i < text.length; i += width) {
      const first = VALUES[text.charCodeAt(i)]!;
      const code = width === 2 ? first * BASE + VALUES[text.charCodeAt(i + 1)]! : first;
      out[at++] = isUsable && code > 0 ? low + (code - 1) * step : Number.NaN;
    }
  }
  return out;
}

/** Values beyond, mV, are no ECG but an amplifier at its end. docs/clinical/plausibility.md. */
const RAIL_MV = 5;
/** Shares of a second: missing samples, and samples that sit exactly on its extremes, from which on it cannot be used. */
const MISSING = 0.2;
const CLIPPED = 0.25;
/** A swing under this (mV) is low amplitude, not clipped, however coarse the converter. */
const CLIPPED_SWING_MV = 0.5;

/** What decides the quality of a second, counted on the samples as they came. */
export interface Extremes {
  readonly count: number;
  readonly missing: number;
  readonly low: number;
  readonly high: number;
  readonly atLow: number;
  readonly atHigh: number;
}

export const NO_EXTREMES: Extremes = { count: 0, missing: 0, low: 0, high: 0, atLow: 0, atHigh: 0 };

/** Whether enough of a second was measured. */
export function isMostlyThere(values: ReadonlyArray<number | null>): boolean {
  let missing = 0;
  for (const value of values) if (value === null) missing++;
  return missing <= MISSING * values.length;
}

export function qualityOf({ count, missing, low, high, atLow, atHigh }: Extremes, isEcg: boolean): BlockQuality {
  if (count === 0 || missing > MISSING * count) return 'm';
  if (low === high) return isEcg && Math.abs(low) >= RAIL_MV ? 's' : 'f';
  if (isEcg && high - low > CLIPPED_SWING_MV && Math.max(atLow, atHigh) > CLIPPED * count) return 's';
  return 'g';
}
