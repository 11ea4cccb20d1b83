/**
 * Whether an interval could be predicted from the preceding ones. Ectopy repeats itself (a short interval, its pause, the
 * usual ones between); in fibrillation the last beats say next to nothing of the next one. The forecast is the mean of what
 * followed the two most similar runs of a few intervals among the last 127 (nearest-neighbour forecast of a series:
 * Farmer and Sidorowich 1987, Phys Rev Lett 59:845).
 */
const HISTORY = 127;
const FEWEST_RUNS = 8;

/**
 * Time and memory per interval are bounded by the 127 intervals and one run kept (whole ms, newest last). `run`: intervals in a run;
 * `tolerance`: relative error from which an interval counts as not predicted.
 */
export class IntervalForecast {
  constructor(
    private readonly past: number[],
    private readonly run: number,
    private readonly tolerance: number,
  ) {}

  /** True when `interval` (whole ms) was not predicted; false while there is too little to forecast from. */
  isSurprise(interval: number): boolean {
    const forecast = this.forecast();
    this.past.push(interval);
    if (this.past.length > HISTORY + this.run) this.past.shift();
    return forecast !== null && Math.abs(interval - forecast) > this.tolerance * forecast;
  }

  save(): readonly number[] {
    return [...this.past];
  }

  /** The newest `count` intervals, at most 127. */
  newest(count: number): readonly number[] {
    return this.past.slice(-count);
  }

  private forecast(): number | null {
    const { past, run } = this;
    const next = past.length;
    if (next - run < FEWEST_RUNS) return null;
    let nearest = Number.POSITIVE_INFINITY;
    let runnerUp = Number.POSITIVE_INFINITY;
    let afterNearest = 0;
    let afterRunnerUp = 0;
    for (let i = run; i < next; i++) {
      let distance = 0;
      for (let k = 1; k <= run; k++) distance += gap(past[next - k]!, past[i - k]!);
      if (distance < nearest) {
        runnerUp = nearest;
        afterRunnerUp = afterNearest;
        nearest = distance;
        afterNearest = past[i]!;
      } else if (distance < runnerUp) {
        runnerUp = distance;
        afterRunnerUp = past[i]!;
      }
    }
    return (afterNearest + afterRunnerUp) / 2;
  }
}

function gap(a: number, b: number): number {
  return a < b ? b - a : a - b;
}
