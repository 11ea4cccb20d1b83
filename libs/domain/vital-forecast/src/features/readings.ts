import type { Subject } from '#libs/domain/forecasting';
import type { Chart } from '../memory/chart.js';
import { memoryOf, type VitalMemory } from '../memory/memory.js';
import { newestTime } from '../memory/hours.js';
import { areInConflict, featuresOf, type Features } from './features.js';
import { ChartReading, type Seen } from './seen.js';
import { VITAL_SIGNS, type VitalSign } from './vital-signs.js';

/**
 * What is read off one memory, each thing once: the forecasts of a record ask for each vital sign in turn, then the risk reads them all again. A memory is never
 * changed, so nothing goes stale; it lives as long as the record is applied and is never stored.
 */
export class Readings {
  private readonly charts = new Map<Chart, ChartReading>();
  private readonly features = new Map<string, Features | undefined>();

  constructor(readonly memory: VitalMemory) {}

  /** What a chart of this memory said at a time; see {@link ChartReading.at}. */
  seenAt(chart: Chart, at: number): Seen | undefined {
    let reading = this.charts.get(chart);
    if (reading === undefined) this.charts.set(chart, (reading = new ChartReading(chart)));
    return reading.at(at);
  }

  /** {@link featuresOf} this memory. */
  featuresOf(sign: VitalSign, about: Subject): Features | undefined {
    const key = `${sign.code}/${about.ageYears}`;
    if (!this.features.has(key)) this.features.set(key, featuresOf(this.memory, sign, about, this.look));
    return this.features.get(key);
  }

  private readonly look = (chart: Chart, at: number): Seen | undefined => this.seenAt(chart, at);
}

/** The readings without vital signs whose sensors differ so much at their newest value that nobody can say which is right. */
export function withoutConflicts(readings: Readings): Readings {
  const { charts } = readings.memory;
  const isInConflict = (chart: Chart | null, place: number): boolean => {
    const seen = chart === null ? undefined : readings.seenAt(chart, newestTime(chart.open));
    return seen !== undefined && areInConflict(seen, VITAL_SIGNS[place]!);
  };
  if (!charts.some(isInConflict)) return readings;
  return new Readings({ charts: charts.map((chart, place) => (isInConflict(chart, place) ? null : chart)) });
}

/** Of a memory as the twin stores it (null: a person nothing is known of); readings of one stay themselves. */
export function readingsOf(memory: unknown): Readings {
  return memory instanceof Readings ? memory : new Readings(memoryOf(memory));
}
