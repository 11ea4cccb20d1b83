/**
 * Tells whether an interval could be foreseen from the ones before it. Ectopy repeats itself (a short interval, its pause, the
 * usual ones between); in fibrillation the last beats say next to nothing of the next one. The forecast is the mean of what
 * followed the two most similar runs of three intervals among the last 127 (nearest-neighbour forecast of a series:
 * Farmer and Sidorowich 1987, Phys Rev Lett 59:845).
 */
const CONTEXT = 3;
const HISTORY = 127;
const FEWEST_RUNS = 8;
/** Relative error from which an interval counts as not foreseen. */
const TOLERANCE = 0.1;

/** Time and memory per interval are bounded by the 130 intervals kept (whole ms, newest last). */
export class IntervalForecast {
  constructor(private readonly past: number[]) {}

  /** True when `interval` (whole ms) was not foreseen; false while there is too little to forecast from. */
  isSurprise(interval: number): boolean {
    const forecast = this.forecast();
    this.past.push(interval);
    if (this.past.length > HISTORY + CONTEXT) this.past.shift();
    return forecast !== null && Math.abs(interval - forecast) > TOLERANCE * forecast;
  }

  save(): readonly number[] {
    return [...this.past];
  }

  private forecast(): number | null {
    const { past } = this;
    const next = past.length;
    if (next - CONTEXT < FEWEST_RUNS) return null;
    const [third, second, first] = [past[next - 3]!, past[next - 2]!, past[next - 1]!];
    let nearest = Number.POSITIVE_INFINITY;
    let runnerUp = Number.POSITIVE_INFINITY;
    let afterNearest = 0;
    let afterRunnerUp = 0;
    for (let i = CONTEXT; i < next; i++) {
      const distance = gap(first, past[i - 1]!) + gap(second, past[i - 2]!) + gap(third, past[i - 3]!);
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
