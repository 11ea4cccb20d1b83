export type Quality = 'good' | 'doubtful' | 'bad';

/** A measured value as the API gives it. */
export interface MeasuredPoint {
  readonly at: string;
  readonly value: number;
  readonly comparator?: string | undefined;
  readonly quality: Quality;
  /** Why it is not good. */
  readonly qualityReasons?: readonly string[] | undefined;
  readonly source: string;
}

/** A time without a value that is longer than three usual steps. */
export interface MeasuredGap {
  readonly from: string;
  readonly to: string;
}

interface Placed {
  /** Where it stands on an axis, ms: no two readings at one place, so that each can be stepped to. */
  readonly place: number;
}

export interface ValueReading extends Placed {
  readonly kind: 'value';
  /** Effective time, ms. */
  readonly at: number;
  readonly value: number;
  readonly comparator?: string | undefined;
  readonly quality: Quality;
  readonly reasons: readonly string[];
  readonly source: string;
}

export interface GapReading extends Placed {
  readonly kind: 'gap';
  /** Of the last value before it, ms. */
  readonly at: number;
  /** Of the first value after it, ms. */
  readonly until: number;
}

/** What can be read at one place of a chart: a value, or that there is none. */
export type Reading = ValueReading | GapReading;

/** Until when (ms) a chart shows, and after how long without a value that is a gap; null where no step is known. */
export interface End {
  readonly until: number;
  readonly openAfterMs: number | null;
}

/** Values and gaps in the order of time, each gap behind the value before it. The time from the newest value to the end may be one. */
export function readingsOf(
  points: readonly MeasuredPoint[],
  gaps: readonly MeasuredGap[],
  end?: End,
): readonly Reading[] {
  const readings: Reading[] = points.map(({ at, qualityReasons, ...point }) => {
    const t = Date.parse(at);
    return { kind: 'value', ...point, at: t, place: t, reasons: qualityReasons ?? [] };
  });
  readings.push(...gaps.map(({ from, to }) => gapReading(Date.parse(from), Date.parse(to))));
  readings.sort((a, b) => a.place - b.place);
  const last = readings.at(-1);
  const openAfter = end?.openAfterMs ?? null;
  if (end !== undefined && openAfter !== null && last?.kind === 'value' && end.until - last.at > openAfter)
    readings.push(gapReading(last.at, end.until));
  return apart(readings);
}

function gapReading(at: number, until: number): GapReading {
  return { kind: 'gap', at, until, place: (at + until) / 2 };
}

/** Of two values of one moment the later one stands a thousandth of a millisecond behind the other. */
function apart(readings: readonly Reading[]): readonly Reading[] {
  let last = -Infinity;
  return readings.map((reading) => {
    const place = reading.place > last ? reading.place : last + 0.001;
    last = place;
    return place === reading.place ? reading : { ...reading, place };
  });
}

/** A line through the values that breaks at each gap: x in ms, y null where nothing was measured. */
export interface BrokenLine {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** The values as they are, with a break (null) inside each gap. Nothing is averaged and nothing is drawn across a gap. */
export function brokenLine(readings: readonly Reading[]): BrokenLine {
  return {
    x: readings.map(({ place }) => place),
    y: readings.map((reading) => (reading.kind === 'gap' ? null : reading.value)),
  };
}

/** Index of the reading nearest to a place, ms; -1 without any. All of a gap is nearest to the gap. */
export function nearestReading(readings: readonly Reading[], place: number): number {
  let nearest = -1;
  let distance = Infinity;
  for (const [i, reading] of readings.entries()) {
    const isInside = reading.kind === 'gap' && place > reading.at + 0.5 && place < reading.until;
    const away = isInside ? 0 : Math.abs(place - reading.place);
    if (away >= distance) continue;
    nearest = i;
    distance = away;
  }
  return nearest;
}
