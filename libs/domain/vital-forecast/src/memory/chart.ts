import { compareValues, hourOf, newestTime, withoutValue, withValue, type Hour, type KeptValue } from './hours.js';
import { areOfDifferentSensors, identityOf } from './value-keys.js';

/** The last 24 clock hours of one measure. */
export interface Chart {
  /** The newest hour that has a value; apart, so that a value a second does not copy the others. */
  readonly open: Hour;
  /** Earlier hours, ascending. */
  readonly earlier: readonly Hour[];
  /** Of each of the newest five minutes the newest value, and the newest that another sensor sent, ascending: where the measure stands now, and whether sensors agree. */
  readonly recent: readonly KeptValue[];
}

const KEPT_HOURS = 24;
const MINUTE_MS = 60_000;
const RECENT_MINUTES = 5;

/** The chart with a value that is not in it. One older than 24 clock hours leaves it as it is. */
export function charted(chart: Chart | null, value: KeptValue): Chart {
  if (chart === null) return { open: { values: [value] }, earlier: [], recent: [value] };
  const newest = hourOf(newestTime(chart.open));
  const hour = hourOf(value.t);
  if (hour === newest)
    return { open: withValue(chart.open, value), earlier: chart.earlier, recent: recentWith(chart.recent, value) };
  if (hour > newest) {
    const earlier = [...chart.earlier, chart.open].filter((one) => hourOf(newestTime(one)) > hour - KEPT_HOURS);
    return { open: { values: [value] }, earlier, recent: recentWith(chart.recent, value) };
  }
  if (hour <= newest - KEPT_HOURS) return chart;
  return {
    open: chart.open,
    earlier: placed(chart.earlier, hour, (before) => withValue(before, value)),
    recent: recentWith(chart.recent, value),
  };
}

/**
 * The version of a measurement that the chart still knows singly: one of an hour with few values, or the newest of a recent minute. An earlier one of a
 * stream is not known any more.
 */
export function knownVersion(chart: Chart, identity: number): KeptValue | undefined {
  for (const value of chart.recent) if (identityOf(value.id) === identity) return value;
  const open = inHour(chart.open, identity);
  if (open !== undefined) return open;
  for (const hour of chart.earlier) {
    const found = inHour(hour, identity);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The chart without a value that `knownVersion` found; null: nothing is left. */
export function erased(chart: Chart, value: KeptValue): Chart | null {
  const rest = chart.recent.filter(({ id }) => id !== value.id);
  const at = hourOf(value.t);
  const newest = rest.findLast(({ t }) => hourOf(t) === at);
  const hours = placed([...chart.earlier, chart.open], at, (hour) => hour && withoutValue(hour, value, newest));
  const open = hours.at(-1);
  if (open === undefined) return null;
  // Values that the erased one stood before in its minute are recent again, where they are known singly.
  const singly = hours.slice(-2).flatMap((hour) => ('values' in hour ? hour.values : []));
  const recent = [...rest, ...singly].toSorted(compareValues).reduce<readonly KeptValue[]>(recentWith, []);
  return { open, earlier: hours.slice(0, -1), recent };
}

/** Hours, ascending, with one of them changed, put in or taken out. */
function placed(
  hours: readonly Hour[],
  at: number,
  change: (before: Hour | undefined) => Hour | undefined,
): readonly Hour[] {
  let place = hours.length;
  while (place > 0 && hourOf(newestTime(hours[place - 1]!)) >= at) place--;
  const before = hours[place];
  const isThere = before !== undefined && hourOf(newestTime(before)) === at;
  const after = change(isThere ? before : undefined);
  return [...hours.slice(0, place), ...(after ? [after] : []), ...hours.slice(isThere ? place + 1 : place)];
}

function inHour(hour: Hour, identity: number): KeptValue | undefined {
  if (!('values' in hour)) return undefined;
  for (const value of hour.values) if (identityOf(value.id) === identity) return value;
  return undefined;
}

function minuteOf(t: number): number {
  return Math.floor(t / MINUTE_MS);
}

/** With one value more, of the five minutes up to the newest value. */
function recentWith(recent: readonly KeptValue[], value: KeptValue): readonly KeptValue[] {
  const minute = minuteOf(value.t);
  const last = recent.at(-1);
  if (last === undefined) return [value];
  // What a stream brings nearly always: the next value of the only sensor of its minute.
  if (minuteOf(last.t) === minute && compareValues(last, value) < 0 && !areOfDifferentSensors(last.id, value.id)) {
    const before = recent.at(-2);
    if (before === undefined || minuteOf(before.t) < minute) return [...recent.slice(0, -1), value];
  }
  const newest = Math.max(minute, minuteOf(last.t));
  if (minute <= newest - RECENT_MINUTES) return recent;
  const [before, its, after]: [KeptValue[], KeptValue[], KeptValue[]] = [[], [], []];
  for (const one of recent) {
    const at = minuteOf(one.t);
    if (at > newest - RECENT_MINUTES) (at < minute ? before : at === minute ? its : after).push(one);
  }
  const kept = keptOfMinute(its, value);
  return kept.includes(value) ? [...before, ...kept, ...after] : recent;
}

/** Of the values of a minute the newest, and the newest of another sensor than that one's; the order in which they came leaves no trace. */
function keptOfMinute(its: readonly KeptValue[], value: KeptValue): readonly KeptValue[] {
  if (its.length === 0) return [value];
  const all = [...its, value].sort(compareValues);
  const newest = all.at(-1)!;
  const other = all.findLast(({ id }) => areOfDifferentSensors(id, newest.id));
  return other === undefined ? [newest] : [other, newest];
}
