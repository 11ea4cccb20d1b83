/**
 * Atrial fibrillation from the intervals between beats: Shannon entropy of symbolic words (Zhou et al. 2015,
 * PLoS ONE 10(9):e0136544), taken twice: of the intervals as they are, and with ectopic short-long pairs evened out.
 * Irregularity that vanishes with the pairs is ectopy, not fibrillation. Memory is constant: two windows of 127 words.
 */
const WINDOW = 127;
const HALF = (WINDOW - 1) / 2;
/** Score limits of the plain and of the corrected window. Chosen on the development records (see atrial-fibrillation.md); the published limit of the plain score is 0.639. */
const PLAIN_LIMIT = 0.6;
const CORRECTED_LIMIT = 0.57;
/** A beat this much earlier than the local median (of 8), with a pause that makes up for it, is taken for ectopic. */
const PREMATURE = 0.85;
const COMPENSATION = 0.2;
const LOCAL = 8;
/** Intervals outside are gaps or doubled marks, seconds: they start no word. */
const SHORTEST = 0.1;
const LONGEST = 5;

/** The verdict on one beat; beats come out in order, about 64 beats late. */
export interface AfVerdict {
  /** Time of the beat, seconds. */
  readonly at: number;
  readonly af: boolean;
}

/** Rolling word entropy, one constant-time update per word. */
class WordEntropy {
  private readonly ring = new Int32Array(WINDOW);
  private readonly counts = new Map<number, number>();
  private sum = 0;
  private filled = 0;
  private next = 0;

  /** The score in 0..1 once 127 words are there, else undefined. */
  push(word: number): number | undefined {
    if (this.filled === WINDOW) this.change(this.ring[this.next]!, -1);
    else this.filled++;
    this.ring[this.next] = word;
    this.next = (this.next + 1) % WINDOW;
    this.change(word, 1);
    if (this.filled < WINDOW) return undefined;
    const entropy = Math.log2(WINDOW) - this.sum / WINDOW;
    return (this.counts.size / (WINDOW * Math.log2(WINDOW))) * entropy;
  }

  private change(word: number, by: number): void {
    const before = this.counts.get(word) ?? 0;
    const after = before + by;
    this.sum += information(after) - information(before);
    if (after === 0) this.counts.delete(word);
    else this.counts.set(word, after);
  }
}

function information(count: number): number {
  return count > 0 ? count * Math.log2(count) : 0;
}

function symbol(interval: number): number {
  return Math.min(63, Math.floor(60 / interval / 5));
}

/**
 * Push beat times in seconds, take verdicts. The first and last minute (the half window at each end) get the verdict of
 * the nearest whole window; a recording of fewer than 128 usable intervals gets none. Times that do not rise, and NaN, are ignored.
 */
export class AfDetector {
  private readonly plain = new WordEntropy();
  private readonly corrected = new WordEntropy();
  private plainWord = 0;
  private correctedWord = 0;
  private words = 0;
  private last: number | undefined;
  /** The interval that waits for its successor: a pair can be evened out only when both are known. */
  private waiting: { at: number; interval: number; corrected?: number } | undefined;
  private readonly recent: number[] = [];
  /** Beats not judged yet: at most a window and the intervals skipped in it. */
  private pending: number[] = [];
  private verdict: boolean | undefined;

  push(at: number): readonly AfVerdict[] {
    if (!Number.isFinite(at)) return [];
    const interval = this.last === undefined ? 0 : at - this.last;
    if (this.last !== undefined && interval < SHORTEST) return [];
    this.last = at;
    if (interval < SHORTEST || interval > LONGEST) return [];
    const out = this.waiting ? this.settle(this.waiting, interval) : [];
    this.waiting = { at, interval, ...(this.carried === undefined ? {} : { corrected: this.carried }) };
    this.carried = undefined;
    return out;
  }

  /** The verdicts still owed at the end. */
  finish(): readonly AfVerdict[] {
    const out = this.waiting ? [...this.settle(this.waiting, 0)] : [];
    this.waiting = undefined;
    const { verdict } = this;
    if (verdict !== undefined) out.push(...this.pending.map((at) => ({ at, af: verdict })));
    this.pending = [];
    return out;
  }

  private carried: number | undefined;

  private settle(beat: { at: number; interval: number; corrected?: number }, next: number): readonly AfVerdict[] {
    let { corrected = beat.interval } = beat;
    if (beat.corrected === undefined && this.recent.length >= 4) {
      const usual = median(this.recent);
      const makesUp = Math.abs(beat.interval + next - 2 * usual) < COMPENSATION * usual;
      if (beat.interval < PREMATURE * usual && next > usual && makesUp) {
        corrected = (beat.interval + next) / 2;
        this.carried = corrected;
      }
    }
    this.recent.push(corrected);
    if (this.recent.length > LOCAL) this.recent.shift();
    return this.judge(beat.at, beat.interval, corrected);
  }

  private judge(at: number, interval: number, corrected: number): readonly AfVerdict[] {
    this.plainWord = ((this.plainWord << 6) | symbol(interval)) & 0x3ffff;
    this.correctedWord = ((this.correctedWord << 6) | symbol(corrected)) & 0x3ffff;
    this.pending.push(at);
    if (++this.words < 3) return [];
    const plain = this.plain.push(this.plainWord);
    const even = this.corrected.push(this.correctedWord);
    if (plain === undefined || even === undefined) return [];
    const verdict = plain > PLAIN_LIMIT && even > CORRECTED_LIMIT;
    this.verdict = verdict;
    // All but the half window that later words may still speak for.
    return this.pending.splice(0, this.pending.length - HALF).map((beat) => ({ at: beat, af: verdict }));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** One episode, seconds from the first to the last beat judged as fibrillation. */
export interface AfEpisode {
  readonly from: number;
  readonly until: number;
}

/** Joins verdicts to episodes. An episode ends where the verdict turns, or at a gap longer than 30 s without beats. */
export function afEpisodes(beats: Iterable<number>): readonly AfEpisode[] {
  const detector = new AfDetector();
  const episodes: AfEpisode[] = [];
  let open: { from: number; until: number } | undefined;
  const take = (verdicts: readonly AfVerdict[]): void => {
    for (const { at, af } of verdicts) {
      if (open && (!af || at - open.until > 30)) {
        episodes.push(open);
        open = undefined;
      }
      if (!af) continue;
      if (open) open.until = at;
      else open = { from: at, until: at };
    }
  };
  for (const at of beats) take(detector.push(at));
  take(detector.finish());
  if (open) episodes.push(open);
  return episodes;
}
