import { strings } from '../../strings/strings.js';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(strings.charts.locale, {
      hourCycle: 'h23',
      ...(zone === undefined ? {} : { timeZone: zone }),
      ...options,
    });
    formats.set(key, made);
  }
  return made;
}

const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;
const SECONDS = { ...CLOCK, second: '2-digit' } as const;
const DAY = { day: 'numeric', month: 'short' } as const;
const ZONE = { timeZoneName: 'short' } as const;

/**
 * A time of day with its zone, and with the date where that is not the day of `now`. `zone`: an IANA name; without it, the viewer's.
 */
export function timeText(at: number, now: number, zone?: string): string {
  const day = format(zone, { ...DAY, year: 'numeric' });
  const isToday = day.format(at) === day.format(now);
  return format(zone, { ...(isToday ? {} : DAY), ...SECONDS, ...ZONE }).format(at);
}

/** Date and time to the minute, with the zone. */
export function minuteText(at: number, zone?: string): string {
  return format(zone, { weekday: 'short', ...DAY, year: 'numeric', ...CLOCK, ...ZONE }).format(at);
}

/** The exact time, for a tooltip: `2026-11-29 15:25:57.120 UTC`. */
export function exactText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

const MINUTE = 60_000;
const DAY_MS = 86_400_000;

/** What stands at a tick of a time axis whose ticks are `stepMs` apart. */
export function tickText(at: number, stepMs: number, zone?: string): string {
  if (stepMs >= DAY_MS) return format(zone, DAY).format(at);
  const isMidnight = format(zone, SECONDS).format(at) === '00:00:00';
  if (isMidnight) return format(zone, DAY).format(at);
  return format(zone, stepMs < MINUTE ? SECONDS : CLOCK).format(at);
}
