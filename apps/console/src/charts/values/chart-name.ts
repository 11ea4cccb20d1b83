import { fill, strings } from '../../strings/strings.js';
import { secondText } from '../../times/shown-time.js';
import { numberText, valueText, type Clock } from './reading-texts.js';
import type { Reading, ValueReading } from './readings.js';

export interface NamedChart {
  readonly title: string;
  readonly unit: string;
  /** The newest value, also where it is older than the range. */
  readonly newest: Pick<ValueReading, 'at' | 'value' | 'comparator' | 'quality'> | undefined;
  readonly readings: readonly Reading[];
  /** `6 h` */
  readonly range: string;
  /** What it shows is not there yet: nothing can be said of it. */
  readonly isLoading?: boolean;
}

/** What a chart is called for somebody who cannot see it: title, newest value, lowest and highest of the range. */
export function chartName({ title, unit, newest, readings, range, isLoading }: NamedChart, clock: Clock): string {
  if (isLoading === true) return fill(strings.charts.nameLoading, { title });
  const values = { title, range, newest: newestText(newest, unit, clock) };
  // An artefact is no extreme of the patient: values of bad quality are in the table, and not here.
  const usable = readings.filter((one): one is ValueReading => one.kind === 'value' && one.quality !== 'bad');
  const [first, ...rest] = usable;
  if (first === undefined) return fill(strings.charts.nameWithoutValues, values);
  const low = rest.reduce((lowest, one) => (one.value < lowest.value ? one : lowest), first);
  const high = rest.reduce((highest, one) => (one.value > highest.value ? one : highest), first);
  return fill(strings.charts.name, { ...values, low: numberText(low.value), high: valueText(high, unit) });
}

function newestText(newest: NamedChart['newest'], unit: string, { now, zone }: Clock): string {
  if (newest === undefined) return strings.charts.none;
  const text = fill(strings.charts.newest, { value: valueText(newest, unit), time: secondText(newest.at, now, zone) });
  return newest.quality === 'good' ? text : `${text} (${strings.charts.quality[newest.quality]})`;
}
