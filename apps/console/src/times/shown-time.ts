/** How instants are shown: in a zone that is named, the exact one beside it. All arguments in ms or ISO 8601. */
export interface Zone {
  readonly locale: string | undefined;
  /** IANA name, such as `Europe/Paris`. */
  readonly zone: string;
}

export function viewersZone(): Zone {
  return { locale: undefined, zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make, and lists have many times. */
function formatOf({ locale, zone }: Zone, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale ?? ''} ${zone} ${name}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  formats.set(key, made);
  return made;
}

const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };

/** Time of the day, with the date when it is not today's. */
export function shortTime(at: number | string, now: number, zone: Zone): string {
  const date = new Date(at);
  const day = formatOf(zone, 'day', DAY);
  const time = formatOf(zone, 'minute', { hour: '2-digit', minute: '2-digit' }).format(date);
  if (day.format(date) === day.format(new Date(now))) return time;
  const short = formatOf(zone, 'date', { day: 'numeric', month: 'short' }).format(date);
  return `${short}, ${time}`;
}

/** To the millisecond, with the zone's name and offset, and in UTC: for a tooltip. */
export function exactTime(at: number | string, zone: Zone): string {
  const date = new Date(at);
  const local = formatOf(zone, 'exact', {
    ...DAY,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'longOffset',
  }).format(date);
  return `${local} (${zone.zone}); ${date.toISOString()}`;
}

/** The zone as a page says it once: `Europe/Paris, GMT+1`. */
export function zoneName(zone: Zone, now: number): string {
  if (zone.zone === 'UTC') return zone.zone;
  const parts = formatOf(zone, 'offset', { timeZoneName: 'shortOffset' }).formatToParts(new Date(now));
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value;
  return offset === undefined ? zone.zone : `${zone.zone}, ${offset}`;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its two largest units, whole: `2 hr, 5 min`; under a minute in seconds. Less than nothing is nothing. */
export function shortDuration(seconds: number, locale?: string): string {
  let left = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => left >= size);
  if (first < 0) return unitsOf(0, 'second', locale);
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && !(unit === 'second' && parts.length > 0 && first < 2)) parts.push(unitsOf(count, unit, locale));
  }
  return parts.join(', ');
}

function unitsOf(count: number, unit: string, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
