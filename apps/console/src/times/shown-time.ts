import { strings } from '../strings/strings.js';

/*
 * How instants are shown: by the 24-hour clock, in a zone that the page names once, the exact one in a tooltip. Instants are in ms or ISO
 * 8601, zones are IANA names such as `Europe/Paris`; the viewer's where none is given.
 */

const VIEWERS = Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make, and lists have many times. */
function formatOf(zone: string, name: keyof typeof OPTIONS): Intl.DateTimeFormat {
  const key = `${zone} ${name}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  // The browser's own language may have another clock than the texts of the page.
  const made = new Intl.DateTimeFormat(strings.locale, { hourCycle: 'h23', ...OPTIONS[name], timeZone: zone });
  formats.set(key, made);
  return made;
}

const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const SHORT_DAY = { day: 'numeric', month: 'short' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;
const SECONDS = { ...CLOCK, second: '2-digit' } as const;
const OPTIONS = {
  day: DAY,
  shortDay: SHORT_DAY,
  longDay: { ...SHORT_DAY, year: 'numeric' },
  year: { year: 'numeric' },
  clock: CLOCK,
  seconds: SECONDS,
  minute: { weekday: 'short', ...SHORT_DAY, year: 'numeric', ...CLOCK },
  exact: { ...DAY, ...SECONDS, fractionalSecondDigits: 3, timeZoneName: 'longOffset' },
  offset: { timeZoneName: 'shortOffset' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

/** Time of the day, with the date when it is not today's, and the year when it is another: `15:25`, `28 Nov, 15:25`, `2 Jan 2099, 15:25`. */
export function timeText(at: number | string, now: number, zone = VIEWERS): string {
  return withDay(at, now, zone, 'clock');
}

/** The same to the second, for what was measured: `15:25:57`. */
export function secondText(at: number | string, now: number, zone = VIEWERS): string {
  return withDay(at, now, zone, 'seconds');
}

function withDay(at: number | string, now: number, zone: string, clock: 'clock' | 'seconds'): string {
  const date = new Date(at);
  const day = formatOf(zone, 'day');
  const time = formatOf(zone, clock).format(date);
  if (day.format(date) === day.format(now)) return time;
  const year = formatOf(zone, 'year');
  const shown = year.format(date) === year.format(now) ? 'shortDay' : 'longDay';
  return `${formatOf(zone, shown).format(date)}, ${time}`;
}

/** Date and time to the minute: `Sun, 29 Nov 2026, 15:25`. */
export function minuteText(at: number | string, zone = VIEWERS): string {
  return formatOf(zone, 'minute').format(new Date(at));
}

/** To the millisecond, with the zone's name and offset, and in UTC: for a tooltip. */
export function exactText(at: number | string, zone = VIEWERS): string {
  const date = new Date(at);
  return `${formatOf(zone, 'exact').format(date)} (${zone}); ${date.toISOString()}`;
}

/** The zone as a page says it once: `Europe/Paris, GMT+1`. */
export function zoneName(now: number, zone = VIEWERS): string {
  if (zone === 'UTC') return zone;
  const parts = formatOf(zone, 'offset').formatToParts(new Date(now));
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value;
  return offset === undefined ? zone : `${zone}, ${offset}`;
}

const MINUTE = 60_000;
const DAY_MS = 86_400_000;

/** What stands at a tick of a time axis whose ticks are `stepMs` apart. */
export function tickText(at: number, stepMs: number, zone = VIEWERS): string {
  const isMidnight = formatOf(zone, 'seconds').format(at) === '00:00:00';
  if (stepMs >= DAY_MS || isMidnight) return formatOf(zone, 'shortDay').format(at);
  return formatOf(zone, stepMs < MINUTE ? 'seconds' : 'clock').format(at);
}
