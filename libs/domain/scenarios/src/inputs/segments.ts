/** A rate that holds for some time, whatever its unit. Times in ms; `until` exclusive. */
export interface Segment {
  readonly from: number;
  readonly until: number;
  readonly rate: number;
}

/** The part of each segment within [from, until). */
export function clip(segments: readonly Segment[], from: number, until: number): readonly Segment[] {
  return segments
    .map((segment) => ({ ...segment, from: Math.max(segment.from, from), until: Math.min(segment.until, until) }))
    .filter((segment) => segment.until > segment.from);
}

/** What is left of the segments outside [from, until). */
export function cutOut(segments: readonly Segment[], from: number, until: number): readonly Segment[] {
  if (until <= from) return segments;
  return [...clip(segments, -Infinity, from), ...clip(segments, until, Infinity)];
}

/** The segments with another one in place of what was in its time. */
export function put(segments: readonly Segment[], segment: Segment): readonly Segment[] {
  if (segment.until <= segment.from) return segments;
  return [...cutOut(segments, segment.from, segment.until), segment].toSorted((a, b) => a.from - b.from);
}

/** The rate that holds at `t`; undefined: none is known. */
export function rateAt(segments: readonly Segment[], t: number): number | undefined {
  return segments.find(({ from, until }) => from <= t && t < until)?.rate;
}

/** What is given within [from, until), in the unit of the rate times hours. */
export function amountWithin(segments: readonly Segment[], from: number, until: number): number {
  let sum = 0;
  for (const part of clip(segments, from, until)) sum += (part.rate * (part.until - part.from)) / 3_600_000;
  return sum;
}
