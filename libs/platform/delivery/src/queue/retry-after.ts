/** No answer may keep an alert from being tried for longer than a day, whatever its clock says. */
export const MAX_RETRY_AFTER_MS = 24 * 3600 * 1000;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})';
/** The three forms of RFC 9110 §5.6.7, all in GMT: IMF-fixdate, RFC 850 (two digits of the year), asctime. */
const IMF = new RegExp(`^[a-z]{3}, (\\d{2}) ([a-z]{3}) (\\d{4}) ${TIME} gmt$`);
const RFC_850 = new RegExp(`^[a-z]{6,9}, (\\d{2})-([a-z]{3})-(\\d{2}) ${TIME} gmt$`);
const ASCTIME = new RegExp(`^[a-z]{3} ([a-z]{3}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/**
 * How long a `Retry-After` header asks to wait from `now` (ms since 1970), in ms: seconds or an HTTP date (RFC 9110 §10.2.3). 0 when
 * absent, unreadable or past; at most {@link MAX_RETRY_AFTER_MS}.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  const text = (header ?? '').trim().toLowerCase();
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text, now) - now;
  return wait > 0 ? Math.min(wait, MAX_RETRY_AFTER_MS) : 0;
}

/** ms since 1970, NaN when it is none of the three forms. */
function httpDate(text: string, now: number): number {
  const imf = IMF.exec(text);
  if (imf !== null) return instant(Number(imf[3]), imf[2], imf[1], imf.slice(4));
  const old = RFC_850.exec(text);
  if (old !== null) return instant(fullYear(Number(old[3]), now), old[2], old[1], old.slice(4));
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) return instant(Number(asctime[6]), asctime[1], asctime[2], asctime.slice(3, 6));
  return Number.NaN;
}

function instant(year: number, month: string | undefined, day: string | undefined, time: readonly string[]): number {
  const [hours, minutes, seconds] = time.map(Number);
  const index = MONTHS.indexOf(month ?? '');
  return index === -1 ? Number.NaN : Date.UTC(year, index, Number(day), hours, minutes, seconds);
}

/** Of two digits: a year that seems more than 50 years ahead is the newest past one with these digits (RFC 9110 §5.6.7). */
function fullYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
