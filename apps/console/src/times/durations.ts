import { strings } from '../strings/strings.js';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its two largest units, whole: `2 hr, 5 min`; under a minute in seconds. Less than nothing is nothing. */
export function shortDuration(seconds: number, locale = strings.times.unitLocale): string {
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

function unitsOf(count: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
