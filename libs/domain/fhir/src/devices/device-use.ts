import { parseInstant } from '#libs/domain/quantities';
import type { ClinicalContext, Unmeasured } from '../clinical/clinical.js';
import { unknownModifier } from '../clinical/modifiers.js';
import { deviceIdentifier, localReference, subjectOf } from '../clinical/subject.js';
import { objectAt, textAt, withReadableFraction } from '../json/element.js';
import type { JsonObject } from '../json/json.js';

/** Who had a device, and when, as a DeviceUseStatement says. Times in ms since 1970. */
export interface DeviceUse {
  readonly device: string;
  readonly patient: string;
  readonly from: number;
  /** First moment after the use; null: it goes on. */
  readonly until: number | null;
}

/** `none`: its status says that nobody had it, or takes it back · `unclear`: it says so of nobody here, or not when. */
export type DeviceUseReading =
  | { readonly kind: 'use'; readonly use: DeviceUse }
  | { readonly kind: 'none' }
  | ({ readonly kind: 'unclear' } & Unmeasured);

/** What is known beside the statement: whose an identifier is. */
export type DeviceUseContext = Pick<ClinicalContext, 'patientsWith' | 'devicesWith'>;

/** `intended` and `on-hold` say nothing of who has the device; `entered-in-error` withdraws. */
const USED = new Set(['active', 'completed', 'stopped']);

/**
 * What a DeviceUseStatement says. It is unclear with a modifier that is not understood, a subject or device that is none of this server, an
 * unknown start, or a `timingTiming`.
 *
 * @param lastUpdated of this version: a use that is over without saying when was over by then, one without timing goes on since then
 */
export function readDeviceUse(resource: JsonObject, context: DeviceUseContext, lastUpdated: number): DeviceUseReading {
  const unclear = (reason: Unmeasured['reason'], element: string): DeviceUseReading => ({
    kind: 'unclear',
    reason,
    expression: `DeviceUseStatement.${element}`,
  });
  const status = textAt(resource, 'status') ?? '';
  if (!USED.has(status)) return { kind: 'none' };
  const modifier = unknownModifier(resource);
  if (modifier !== undefined) return unclear(modifier.reason, modifier.element);
  const subject = subjectOf(resource, { ...context, version: 0, patientOfDevice: () => undefined }, undefined);
  if (!subject.ok) return { kind: 'unclear', reason: subject.reason, expression: subject.expression };
  const device = deviceOf(resource, context);
  if (device === undefined) return unclear('device-unresolved', 'device');
  const ended = status === 'active' ? null : lastUpdated;
  const { from, until } = timesOf(resource, ended, lastUpdated) ?? {};
  if (from === undefined || until === undefined || (until !== null && until <= from))
    return unclear('use-undated', 'timing');
  return { kind: 'use', use: { device, patient: subject.patient, from, until } };
}

/** What another server calls `Device/1` is none of this one. */
function deviceOf(resource: JsonObject, { devicesWith }: DeviceUseContext): string | undefined {
  const reference = textAt(objectAt(resource, 'device'), 'reference');
  if (reference !== undefined) {
    const [type, id] = localReference(reference) ?? [];
    return type === 'Device' ? id : undefined;
  }
  const identifier = deviceIdentifier(resource);
  const found = identifier === undefined ? [] : (devicesWith?.(identifier) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

interface Times {
  readonly from: number | undefined;
  readonly until: number | null | undefined;
}

function timesOf(resource: JsonObject, ended: number | null, lastUpdated: number): Times | undefined {
  if (resource['timingTiming'] !== undefined) return undefined;
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
    const instant = parseInstant(withReadableFraction(text));
    return instant.ok ? { from: instant.ms, until: instant.ms + (/\.\d/.test(text) ? 1 : 1_000) } : undefined;
  }
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const [y, m, d] = [Number(year), month === undefined ? 0 : Number(month) - 1, day === undefined ? 1 : Number(day)];
  const until =
    month === undefined ? Date.UTC(y + 1, 0) : day === undefined ? Date.UTC(y, m + 1) : Date.UTC(y, m, d + 1);
  return { from: Date.UTC(y, m, d), until };
}
