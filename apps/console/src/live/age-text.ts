import { strings } from '../strings/strings.js';

const MINUTE = 60_000;
const UNITS = [
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
  ['second', 1_000],
] as const;

/** How long ago something was, in its largest unit: `5 min`. What is ahead of us is of now. */
export function ageText(ms: number, locale = strings.times.unitLocale): string {
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? UNITS[3];
  const count = Math.max(0, Math.floor(ms / size));
  return formatOf(unit, locale).format(count);
}

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(unit: string, locale: string): Intl.NumberFormat {
  const key = `${unit} ${locale}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' });
  formats.set(key, known);
  return known;
}
