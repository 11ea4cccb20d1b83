import { parseInstant } from '#libs/domain/quantities';
import { objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';

/** Who had a device, and when, as a DeviceUseStatement says. Times in ms since 1970. */
export interface DeviceUse {
  readonly device: string;
  readonly patient: string;
  readonly from: number;
  /** First moment after the use; null: it goes on. */
  readonly until: number | null;
}

/** `intended` and `on-hold` say nothing of who has the device; `entered-in-error` withdraws. */
const USED = new Set(['active', 'completed', 'stopped']);

/**
 * What a DeviceUseStatement says; undefined when it says of nobody here who had which device and when: another status, a subject that
 * is no Patient, an unknown start, a `timingTiming`, a modifier that is not understood.
 *
 * @param lastUpdated of this version: a use that is over without saying when was over by then, one without timing goes on since then
 */
export function deviceUseOf(resource: JsonObject, lastUpdated: number): DeviceUse | undefined {
  const status = textAt(resource, 'status') ?? '';
  const device = idIn(resource, 'device', 'Device');
  const patient = idIn(resource, 'subject', 'Patient');
  const opaque = ['modifierExtension', 'implicitRules', 'timingTiming'].some((name) => resource[name] !== undefined);
  if (!USED.has(status) || device === undefined || patient === undefined || opaque) return undefined;
  const ended = status === 'active' ? null : lastUpdated;
  const { from, until } = timesOf(resource, ended, lastUpdated) ?? {};
  if (from === undefined || until === undefined || (until !== null && until <= from)) return undefined;
  return { device, patient, from, until };
}

interface Times {
  readonly from: number | undefined;
  readonly until: number | null | undefined;
}

function timesOf(resource: JsonObject, ended: number | null, lastUpdated: number): Times | undefined {
  const moment = textAt(resource, 'timingDateTime');
  if (moment !== undefined) {
    const span = spanOf(moment);
    return span === undefined ? undefined : { from: span.from, until: ended === null ? null : span.until };
  }
  const period = objectAt(resource, 'timingPeriod');
  const [start, end] = [textAt(period, 'start'), textAt(period, 'end')];
  if (start === undefined && end === undefined) return { from: ended === null ? lastUpdated : undefined, until: ended };
  const from = start === undefined ? undefined : spanOf(start)?.from;
  return { from, until: end === undefined ? ended : spanOf(end)?.until };
}

/**
 * The time that a FHIR dateTime covers at its precision: a second, a day, a month, a year. A date without a time is in UTC, as for facts.
 */
function spanOf(text: string): { readonly from: number; readonly until: number } | undefined {
  if (text.includes('T')) {
    const instant = parseInstant(text);
    return instant.ok ? { from: instant.ms, until: instant.ms + (/\.\d/.test(text) ? 1 : 1_000) } : undefined;
  }
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const [y, m, d] = [Number(year), month === undefined ? 0 : Number(month) - 1, day === undefined ? 1 : Number(day)];
  const until =
    month === undefined ? Date.UTC(y + 1, 0) : day === undefined ? Date.UTC(y, m + 1) : Date.UTC(y, m, d + 1);
  return { from: Date.UTC(y, m, d), until };
}

/** Relative references only: what another server calls `Patient/1` is nobody here. */
function idIn(resource: JsonObject, name: string, type: string): string | undefined {
  const match = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(
    textAt(objectAt(resource, name), 'reference') ?? '',
  );
  return match?.[1] === type ? match[2] : undefined;
}
