import { fill, strings } from '../../strings/strings.js';
import { secondText } from '../../times/shown-time.js';
import type { Reading, ValueReading } from './readings.js';
import { unitText } from './unit-text.js';

/** In whose clock and zone times are given; `zone` is the viewer's where it is absent. */
export interface Clock {
  readonly now: number;
  readonly zone?: string | undefined;
}

const numbers = new Intl.NumberFormat(strings.locale, { maximumFractionDigits: 2 });

export function numberText(value: number): string {
  return numbers.format(value);
}

/** `112 mg/dL`, `< 40 mg/dL`. */
export function valueText({ value, comparator }: Pick<ValueReading, 'value' | 'comparator'>, unit: string): string {
  return [comparator, numberText(value), unitText(unit)].filter((part) => part !== undefined && part !== '').join(' ');
}

/** Quality in words, with its reasons. */
export function qualityText({ quality, reasons }: Pick<ValueReading, 'quality' | 'reasons'>): string {
  const word = strings.charts.quality[quality];
  return reasons.length === 0 ? word : `${word}: ${reasons.map(reasonText).join(', ')}`;
}

/** A reason code as the API names it, as words: `rate-of-change` is `rate of change`. */
export function reasonText(reason: string): string {
  const known: Readonly<Record<string, string>> = strings.charts.qualityReasons;
  return known[reason] ?? reason.replaceAll('-', ' ');
}

/** What is said of one reading: value, time, quality; or that there is no data, from when to when. */
export function readingText(reading: Reading, unit: string, { now, zone }: Clock): string {
  if (reading.kind === 'gap')
    return fill(strings.charts.gapReading, {
      from: secondText(reading.at, now, zone),
      to: secondText(reading.until, now, zone),
    });
  return fill(strings.charts.valueReading, {
    value: valueText(reading, unit),
    time: secondText(reading.at, now, zone),
    quality: qualityText(reading),
  });
}
