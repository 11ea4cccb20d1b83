/** Steps are counted to three significant digits, so that what is remembered is bounded however many there are. */
const DIGITS = 3;

/** A hole is longer than so many usual steps. */
export const HOLE_STEPS = 3;

/** How far apart values usually are, by the steps between them. */
export class UsualStep {
  private readonly counts = new Map<number, number>();
  private steps = 0;

  /** @param ms from one value to the next; values of one moment count for nothing */
  add(ms: number): void {
    if (!(ms > 0)) return;
    const step = ms < 10 ** DIGITS ? ms : Number(ms.toPrecision(DIGITS));
    this.counts.set(step, (this.counts.get(step) ?? 0) + 1);
    this.steps += 1;
  }

  /** The lower median, ms; null with fewer than two steps: one alone may be the hole. */
  get(): number | null {
    if (this.steps < 2) return null;
    let left = Math.ceil(this.steps / 2);
    for (const [step, count] of [...this.counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return step;
    }
    return null;
  }
}
