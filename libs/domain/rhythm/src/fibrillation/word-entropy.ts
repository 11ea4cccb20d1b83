/**
 * Irregularity of a window of intervals: Shannon entropy of words of three heart-rate symbols times the share of distinct words
 * (Zhou et al. 2015, PLoS ONE 10(9):e0136544). Entropy is summed in whole numbers, so that a resumed window and one that ran
 * through agree to the last bit.
 */
const SCALE = 2 ** 40;
const FIRST_SYMBOL = 48;
const FASTEST = 63;
/** Beats per minute of one symbol. */
const STEP = 5;

/** n log2 n of counts up to `most`, in units of 2^-40. */
function informationTable(most: number): readonly number[] {
  return Array.from({ length: most + 1 }, (_, n) => (n > 0 ? Math.round(n * Math.log2(n) * SCALE) : 0));
}

/** Constant time per interval; `save` gives the newest symbols, one character each, to go on from. */
export class WordEntropy {
  private readonly counts = new Map<number, number>();
  private readonly information: readonly number[];
  private sum = 0;

  constructor(
    private readonly words: number,
    private symbols: string,
  ) {
    this.information = informationTable(words);
    for (let i = 2; i < symbols.length; i++) this.change(this.word(i), 1);
  }

  /** One interval, ms. */
  push(interval: number): void {
    if (this.symbols.length === this.words + 2) {
      this.change(this.word(2), -1);
      this.symbols = this.symbols.slice(1);
    }
    const symbol = Math.min(FASTEST, Math.floor(60_000 / interval / STEP));
    this.symbols += String.fromCharCode(FIRST_SYMBOL + symbol);
    if (this.symbols.length > 2) this.change(this.word(this.symbols.length - 1), 1);
  }

  /** 0..1 once the window is full. */
  score(): number | null {
    const { words } = this;
    if (this.symbols.length < words + 2) return null;
    const entropy = Math.log2(words) - this.sum / SCALE / words;
    return (this.counts.size / (words * Math.log2(words))) * entropy;
  }

  save(): string {
    return this.symbols;
  }

  private word(last: number): number {
    const { symbols } = this;
    return (
      ((symbols.charCodeAt(last - 2) - FIRST_SYMBOL) << 12) |
      ((symbols.charCodeAt(last - 1) - FIRST_SYMBOL) << 6) |
      (symbols.charCodeAt(last) - FIRST_SYMBOL)
    );
  }

  private change(word: number, by: number): void {
    const before = this.counts.get(word) ?? 0;
    const after = before + by;
    this.sum += this.information[after]! - this.information[before]!;
    if (after === 0) this.counts.delete(word);
    else this.counts.set(word, after);
  }
}
