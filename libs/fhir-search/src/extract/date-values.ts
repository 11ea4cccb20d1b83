import type { JsonObject } from '#libs/domain/fhir';
import { datePeriod, type DatePeriod } from '../values/date-period.js';
import { objectOf, textOf, textsOf } from './element.js';
import type { Convert } from './value-collector.js';

const plain: Convert = (collector, parameter, value) => {
  const period = datePeriod(textOf(value) ?? '');
  if (period !== undefined) collector.date(parameter, period.from, period.to);
};

/** Elements as periods (R4 search.html#date), by their type. */
export const DATE_VALUES: Readonly<Record<string, Convert>> = {
  date: plain,
  dateTime: plain,
  instant: plain,
  Period: (collector, parameter, value) => {
    const period = boundsOf(objectOf(value) ?? {});
    if (period !== undefined) collector.date(parameter, period.from, period.to);
  },
  // "The specified scheduling details are ignored and only the outer limits matter."
  Timing: (collector, parameter, value) => {
    const timing = objectOf(value) ?? {};
    const bounds = boundsOf(objectOf(objectOf(timing['repeat'])?.['boundsPeriod']) ?? {});
    const periods = textsOf(timing['event'])
      .map(datePeriod)
      .concat(bounds)
      .filter((one) => one !== undefined);
    if (periods.length === 0) return;
    const from = periods.reduce((least, one) => Math.min(least, one.from), Infinity);
    const to = periods.reduce((most, one) => Math.max(most, one.to), -Infinity);
    collector.date(parameter, from, to);
  },
};

/** An absent end is open; a Period without either says nothing. */
function boundsOf(period: JsonObject): DatePeriod | undefined {
  const start = datePeriod(textOf(period['start']) ?? '');
  const end = datePeriod(textOf(period['end']) ?? '');
  if (start === undefined && end === undefined) return undefined;
  return { from: start?.from ?? -Infinity, to: end?.to ?? Infinity };
}
