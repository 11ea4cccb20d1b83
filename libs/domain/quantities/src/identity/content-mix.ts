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
