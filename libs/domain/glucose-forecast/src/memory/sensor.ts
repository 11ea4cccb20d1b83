import type { Memory, Reading } from './memory.js';

const MINUTE = 60_000;
/** A sensor whose newest reading is older than this beside that of another does not take part. */
const TOGETHER = 15 * MINUTE;
/** Time within which readings of two sensors are of one moment. */
const SAME = 7.5 * MINUTE;

/** The sensor that is forecast: of those that report, the one with the most readings; then the newest; then by name. */
export interface Chosen {
  readonly source: string;
  /** Its readings that are not bad, ascending. */
  readonly readings: readonly Reading[];
  /** The newest it sent, of whatever quality. */
  readonly newest: Reading;
  /** Greatest difference to another sensor that reports, mg/dL, and the lower of the two values; null without another. */
  readonly disagreement: Disagreement | null;
}

export interface Disagreement {
  readonly mgdl: number;
  readonly lower: number;
}

export function chosenSensor({ glucose }: Memory): Chosen | undefined {
  const newest = glucose.at(-1);
  if (newest === undefined) return undefined;
  if (glucose.every(({ s, q }) => s === newest.s && q !== 2))
    return { source: newest.s, readings: glucose, newest, disagreement: null };
  const sources = [...new Set(glucose.map(({ s }) => s))];
  const sensors = sources
    .map((source) => chosen(glucose, source))
    .filter((sensor) => newest.t - sensor.newest.t <= TOGETHER)
    .toSorted(
      (a, b) => b.readings.length - a.readings.length || b.newest.t - a.newest.t || (a.source < b.source ? -1 : 1),
    );
  const [first, ...others] = sensors;
  const differences = others.flatMap(({ readings }) => differenceOf(first!.readings, readings));
  const [greatest = null] = differences.toSorted((a, b) => b.mgdl - a.mgdl || a.lower - b.lower);
  return { ...first!, disagreement: greatest };
}

function chosen(glucose: readonly Reading[], source: string): Chosen {
  const all = glucose.filter(({ s }) => s === source);
  const readings = all.every(({ q }) => q !== 2) ? all : all.filter(({ q }) => q !== 2);
  return { source, readings, newest: all.at(-1)!, disagreement: null };
}

/** Difference of the newest readings of one moment. */
function differenceOf(own: readonly Reading[], other: readonly Reading[]): readonly Disagreement[] {
  const [a, b] = [own.at(-1), other.at(-1)];
  if (a === undefined || b === undefined || Math.abs(a.t - b.t) > SAME) return [];
  return [{ mgdl: Math.abs(a.x - b.x), lower: Math.min(a.x, b.x) }];
}
