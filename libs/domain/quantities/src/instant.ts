/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = { readonly ok: true; readonly ms: number } | InstantRefusal;
export interface InstantRefusal {
  readonly ok: false;
  readonly code: 'timestamp-invalid' | 'timestamp-without-offset';
  readonly message: string;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/;

/**
 * ISO 8601 date and time with an offset (`2026-03-01T08:15:30.250+01:00`, `…Z`). Seconds may be missing; fractions are kept to the
 * millisecond, finer digits are cut. The date must exist (leap days are checked); a leap second `:60` reads as the next second's
 * start. Years 1000 to 9999. A time without offset is refused, because it is not a point in time.
 */
export function parseInstant(text: string): Instant {
  const fast = parseUtc(text);
  if (fast !== undefined) return { ok: true, ms: fast };
  const parts = SHAPE.exec(text);
  if (parts === null) {
    return invalid('not an ISO 8601 date and time with offset, such as 2026-03-01T08:15:30Z');
  }
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '0',
    fraction = '',
    zulu,
    sign,
    offsetHour = '0',
    offsetMinute = '0',
  ] = parts;
  if (zulu === undefined && sign === undefined) {
    return {
      ok: false,
      code: 'timestamp-without-offset',
      message: 'the time has no offset; add Z or ±hh:mm, such as 2026-03-01T08:15:30+01:00',
    };
  }
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wrong = wrongField(fields);
  if (wrong !== undefined) return invalid(wrong);
  if (Number(offsetHour) > 14 || Number(offsetMinute) > 59)
    return invalid('the offset is not between -14:00 and +14:00');
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const [y, mo, d, h, mi, s] = fields;
  // A leap second ends an hour of UTC; in zones of half and quarter hours it is at another minute.
  if (s === 60 && (((mi - offset / 60_000) % 60) + 60) % 60 !== 59)
    return invalid('there is no second 60 in this minute');
  return { ok: true, ms: Date.UTC(y, mo - 1, d, h, mi, s, ms) - offset };
}

function wrongField([year, month, day, hour, minute, second]: readonly [
  number,
  number,
  number,
  number,
  number,
  number,
]): string | undefined {
  if (year < 1000) return 'the year is before 1000';
  if (month < 1 || month > 12) return `there is no month ${month}`;
  if (day < 1 || day > daysIn(year, month)) return `there is no day ${day} in month ${month} of ${year}`;
  if (hour > 23) return `there is no hour ${hour}`;
  if (minute > 59) return `there is no minute ${minute}`;
  if (second > 60) return `there is no second ${second}`;
  return undefined;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

/**
 * The form nearly all devices send, `YYYY-MM-DDThh:mm:ss[.mmm]Z`, without a regular expression: the gateways parse one of these per
 * sample. Anything else, valid or not, is left to the full reader.
 */
function parseUtc(text: string): number | undefined {
  const length = text.length;
  if ((length !== 20 && length !== 24) || text.charCodeAt(length - 1) !== 90) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  if (length === 24 && text.charCodeAt(19) !== 46) return undefined;
  const century = twoDigits(text, 0);
  const year = century * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const ms = length === 24 ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
  // A character that is no digit makes the field NaN, which fails every comparison.
  if (
    !(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59 && ms <= 999)
  ) {
    return undefined;
  }
  if (day > 28 && !(day <= daysIn(year, month))) return undefined;
  return Number.isNaN(day) ? undefined : Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function invalid(message: string): InstantRefusal {
  return { ok: false, code: 'timestamp-invalid', message };
}
