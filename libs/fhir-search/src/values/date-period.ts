/** A period of time, ms since 1970, both ends inclusive. */
export interface DatePeriod {
  readonly from: number;
  readonly to: number;
}

const SHAPE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const MINUTE = 60_000;

/**
 * The period that a FHIR date, dateTime or instant means by its precision: `2026-03` the whole month, `2026-03-01T08:15:30Z` the whole
 * second. Dates have no time zone and are taken as UTC on both sides of a comparison, as are times without an offset (R4
 * search.html#date: the server's own zone). Undefined where it is no date, or none that exists.
 */
export function datePeriod(text: string): DatePeriod | undefined {
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, zone] = parts;
  const y = Number(year);
  const mo = month === undefined ? 1 : Number(month);
  if (y < 1 || mo < 1 || mo > 12) return undefined;
  if (month === undefined) return { from: utc(y, 1, 1), to: utc(y + 1, 1, 1) - 1 };
  if (day === undefined) return { from: utc(y, mo, 1), to: utc(y, mo + 1, 1) - 1 };
  const midnight = utc(y, mo, Number(day));
  if (Number(day) < 1 || midnight >= utc(y, mo + 1, 1)) return undefined;
  if (hour === undefined || minute === undefined) return { from: midnight, to: midnight + 24 * 60 * MINUTE - 1 };
  const offset = offsetOf(zone);
  // R4 allows a leap second (:60), which begins where the next minute does.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60 || offset === undefined) return undefined;
  const from = midnight + (Number(hour) * 60 + Number(minute) - offset) * MINUTE;
  if (second === undefined) return { from, to: from + MINUTE - 1 };
  const start = from + Number(second) * 1000;
  if (fraction === undefined) return { from: start, to: start + 999 };
  const digits = fraction.slice(0, 3);
  const exact = start + Number(digits.padEnd(3, '0'));
  return { from: exact, to: exact + 10 ** (3 - digits.length) - 1 };
}

/** Minutes east of UTC. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 14 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -1 : 1);
}

/** Date.UTC takes years below 100 for those of the last century. */
function utc(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}
