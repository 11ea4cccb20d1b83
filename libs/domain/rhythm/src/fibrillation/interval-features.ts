/** How regular a run of beats is. All values are finite; too few beats give the neutral values of a regular rhythm. */
export interface Regularity {
  /** Longest time without a beat from `from` to `until`, seconds. */
  readonly longest: number;
  /** Lowest rate over 5 beats and highest over 17 and 5, per minute; 0 when there are too few. */
  readonly slowest: number;
  readonly fastest: number;
  readonly burst: number;
  /** Coefficient of variation of the intervals; 9 when there are fewer than five. */
  readonly variation: number;
}

/** Regularity of beat times (seconds) that matter from `from` until `until`; intervals up to 4 s before count. */
export function regularity(beats: readonly number[], from: number, until: number): Regularity {
  const near = beats.filter((at) => at > from - 4);
  const edges = [Math.max(0, from - 4), ...near, until];
  const longest = Math.max(...edges.slice(1).map((at, i) => at - edges[i]!));
  const intervals = near.slice(1).map((at, i) => at - near[i]!);
  const mean = intervals.reduce((sum, each) => sum + each, 0) / intervals.length;
  const spread = Math.sqrt(intervals.reduce((sum, each) => sum + (each - mean) ** 2, 0) / intervals.length);
  const five = rates(beats, 5, from);
  const seventeen = rates(beats, 17, from);
  return {
    longest,
    slowest: five.length > 0 ? Math.min(...five) : 0,
    fastest: seventeen.length > 0 ? Math.max(...seventeen) : 0,
    burst: five.length > 0 ? Math.max(...five) : 0,
    variation: intervals.length > 3 && mean > 0 ? spread / mean : 9,
  };
}

function rates(beats: readonly number[], count: number, from: number): readonly number[] {
  return beats.flatMap((at, i) => {
    const end = beats[i + count - 1];
    return end !== undefined && end > from ? [(60 * (count - 1)) / (end - at)] : [];
  });
}
