/** A measured value of a series. */
export interface SeriesPoint {
  /** Effective time, ms. */
  readonly t: number;
  readonly x: number;
  /** 0 good, 1 doubtful, 2 bad */
  readonly quality: 0 | 1 | 2;
}

/** A time without a measured value: from the last one before it to the first one after it, ms. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

/** A point that is kept, and the longest step between measured values from it to the next one that is kept. */
export interface KeptPoint<P extends SeriesPoint> {
  readonly point: P;
  longest: Hole | null;
}

/** Puts a point behind the others. */
export function append<P extends SeriesPoint>(kept: KeptPoint<P>[], point: P): void {
  const last = kept.at(-1);
  if (last !== undefined) last.longest = { from: last.point.t, to: point.t };
  kept.push({ point, longest: null });
}

/** Both in one: `later` behind `earlier`. */
export function joined<P extends SeriesPoint>(earlier: KeptPoint<P>[], later: readonly KeptPoint<P>[]): KeptPoint<P>[] {
  const last = earlier.at(-1);
  const next = later[0];
  if (last !== undefined && next !== undefined) last.longest = { from: last.point.t, to: next.point.t };
  earlier.push(...later);
  return earlier;
}

/**
 * Leaves of a bucket the first, the last, the lowest and the highest point, and the lowest and the highest of good quality where those are
 * not: an artefact must not take the place of a true extreme.
 */
export function leaveExtremes<P extends SeriesPoint>(kept: KeptPoint<P>[]): KeptPoint<P>[] {
  if (kept.length < 3) return kept;
  const wanted = new Set([0, kept.length - 1]);
  for (const isGood of [false, true]) {
    let low = -1;
    let high = -1;
    for (const [i, { point }] of kept.entries()) {
      if (isGood && point.quality !== 0) continue;
      if (low === -1 || point.x < kept[low]!.point.x) low = i;
      if (high === -1 || point.x > kept[high]!.point.x) high = i;
    }
    wanted.add(low).add(high);
  }
  const left: KeptPoint<P>[] = [];
  for (const [i, one] of kept.entries()) {
    if (wanted.has(i)) left.push(one);
    else left.at(-1)!.longest = longer(left.at(-1)!.longest, one.longest);
  }
  return left;
}

/** Most points that {@link leaveExtremes} leaves. */
export const MAX_EXTREMES = 6;

function longer(a: Hole | null, b: Hole | null): Hole | null {
  if (a === null || b === null) return a ?? b;
  return b.to - b.from > a.to - a.from ? b : a;
}
