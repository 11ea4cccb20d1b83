import { unitText } from '../../charts/values/unit-text.js';
import { fill, strings } from '../../strings/strings.js';
import type { WardPatient } from './ward-patient.js';

const SHORT: Readonly<Record<string, string>> = strings.ward.short;
const numbers = new Intl.NumberFormat(strings.locale, { maximumFractionDigits: 1 });

/** What a measure is called where there is little room. */
export function shortName(code: string, title = code.replaceAll('-', ' ')): string {
  return SHORT[code] ?? title;
}

export function shownValue(value: number): string {
  return numbers.format(value);
}

/** `Glucose in 30 min: 110 to 134 mg/dL` */
export function forecastText({ code, minutes, low, high, unit }: NonNullable<WardPatient['forecast']>): string {
  const band = { low: numbers.format(Math.round(low)), high: numbers.format(Math.round(high)) };
  return fill(strings.ward.forecast, { code: shortName(code), minutes, ...band, unit: unitText(unit) });
}
