/**
 * The fibrillation detector of `af-detector.ts` with its state as plain data: same words, limits and verdicts, resumed at any
 * interval. Entropy is summed in whole numbers, so that a resumed window and one that ran through agree to the last bit.
 */
const WINDOW = 127;
const HALF = (WINDOW - 1) / 2;
const SYMBOLS = WINDOW + 2;
const PLAIN_LIMIT = 0.6;
const CORRECTED_LIMIT = 0.57;
const PREMATURE = 0.85;
const COMPENSATION = 0.2;
const LOCAL = 8;
const SHORTEST_S = 0.1;
const LONGEST_S = 5;
const SCALE = 2 ** 40;
const INFORMATION = Array.from({ length: WINDOW + 1 }, (_, n) => (n > 0 ? Math.round(n * Math.log2(n) * SCALE) : 0));
const FIRST_SYMBOL = 48;

export interface AfWindowState {
  /** The newest 129 heart-rate symbols (5/min steps), one character each, as they are and with early beats evened out. */
  readonly plain: string;
  readonly even: string;
  /** Interval (s) and end (ms) of the beat that waits for its successor, and the evened interval it was given. */
  readonly waiting: readonly [at: number, interval: number, corrected: number | null] | null;
  /** The last eight evened intervals, s. */
  readonly recent: readonly number[];
  /** Beats not judged yet: the first one's ms, then differences. */
  readonly pending: readonly number[];
  readonly verdict: boolean | null;
}

export const NEW_AF_WINDOW: AfWindowState = {
  plain: '',
  even: '',
  waiting: null,
  recent: [],
  pending: [],
  verdict: null,
};

/** Rolling entropy of the words of three symbols, from and to a string. */
class Words {
  private readonly counts = new Map<number, number>();
  private sum = 0;

  constructor(private symbols: string) {
    for (let i = 2; i < symbols.length; i++) this.change(this.word(i), 1);
  }

  push(symbol: number): void {
    if (this.symbols.length === SYMBOLS) {
      this.change(this.word(2), -1);
      this.symbols = this.symbols.slice(1);
    }
    this.symbols += String.fromCharCode(FIRST_SYMBOL + symbol);
    if (this.symbols.length > 2) this.change(this.word(this.symbols.length - 1), 1);
  }

  /** 0..1 once the window is full. */
  score(): number | null {
    if (this.symbols.length < SYMBOLS) return null;
    const entropy = Math.log2(WINDOW) - this.sum / SCALE / WINDOW;
    return (this.counts.size / (WINDOW * Math.log2(WINDOW))) * entropy;
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
    this.sum += INFORMATION[after]! - INFORMATION[before]!;
    if (after === 0) this.counts.delete(word);
    else this.counts.set(word, after);
  }
}

/** The verdict on one beat, about 64 beats late; `at` is ms. */
export interface StreamAfVerdict {
  readonly at: number;
  readonly af: boolean;
}

export class AfWindow {
  private readonly plain: Words;
  private readonly even: Words;
  private waiting: AfWindowState['waiting'];
  private readonly recent: number[];
  private pending: number[];
  private verdict: boolean | null;

  constructor(state: AfWindowState) {
    this.plain = new Words(state.plain);
    this.even = new Words(state.even);
    this.waiting = state.waiting;
    this.recent = [...state.recent];
    let at = 0;
    this.pending = state.pending.map((each) => (at += each));
    this.verdict = state.verdict;
  }

  /** One interval in seconds and the time of the beat that ends it, whole ms. Intervals outside 0.1 to 5 s start no word. */
  push(at: number, interval: number): readonly StreamAfVerdict[] {
    if (!(interval >= SHORTEST_S && interval <= LONGEST_S)) return [];
    if (this.waiting === null) {
      this.waiting = [at, interval, null];
      return [];
    }
    const { verdicts, carried } = this.settle(this.waiting, interval);
    this.waiting = [at, interval, carried];
    return verdicts;
  }

  /** The verdicts still owed when the stream breaks off. */
  finish(): readonly StreamAfVerdict[] {
    const out = this.waiting ? [...this.settle(this.waiting, 0).verdicts] : [];
    const { verdict } = this;
    if (verdict !== null) out.push(...this.pending.map((at) => ({ at, af: verdict })));
    return out;
  }

  /** The newest verdict: of the beat 64 beats ago. */
  isAf(): boolean {
    return this.verdict === true;
  }

  save(): AfWindowState {
    const { waiting, recent, pending, verdict } = this;
    const differences = pending.map((at, i) => (i > 0 ? at - pending[i - 1]! : at));
    return { plain: this.plain.save(), even: this.even.save(), waiting, recent, pending: differences, verdict };
  }

  private settle(
    [at, interval, given]: NonNullable<AfWindowState['waiting']>,
    next: number,
  ): { verdicts: readonly StreamAfVerdict[]; carried: number | null } {
    let corrected = given ?? interval;
    let carried: number | null = null;
    if (given === null && this.recent.length >= 4) {
      const usual = median(this.recent);
      const makesUp = Math.abs(interval + next - 2 * usual) < COMPENSATION * usual;
      if (interval < PREMATURE * usual && next > usual && makesUp) {
        corrected = (interval + next) / 2;
        carried = corrected;
      }
    }
    this.recent.push(corrected);
    if (this.recent.length > LOCAL) this.recent.shift();
    return { verdicts: this.judge(at, interval, corrected), carried };
  }

  private judge(at: number, interval: number, corrected: number): readonly StreamAfVerdict[] {
    this.plain.push(symbol(interval));
    this.even.push(symbol(corrected));
    this.pending.push(at);
    const plain = this.plain.score();
    const even = this.even.score();
    if (plain === null || even === null) return [];
    const verdict = plain > PLAIN_LIMIT && even > CORRECTED_LIMIT;
    this.verdict = verdict;
    return this.pending.splice(0, this.pending.length - HALF).map((beat) => ({ at: beat, af: verdict }));
  }
}

function symbol(interval: number): number {
  return Math.min(63, Math.floor(60 / interval / 5));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
