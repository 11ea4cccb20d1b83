import { parseInstant } from '#libs/domain/quantities';
import { objectAt, textAt, withReadableFraction } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import type { ClinicalContext } from './clinical.js';
import { unknownModifier } from './modifiers.js';
import type { UnmeasuredReason } from './unmeasured.js';

const FUTURE_MS = 10 * 60_000;
/** Of those alive nobody was born before. */
const FIRST_MS = Date.UTC(1900, 0, 1);

/** ms since 1970, or why the resource has no moment. */
export type Moment =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly reason: UnmeasuredReason };

/**
 * The moment of `effective[x]`: a dateTime or instant with a time of day; the start of a Period, or its end where only that is an
 * instant; the event of a Timing that names one and repeats nothing. A date without a time is not an instant, and neither is a series of events.
 */
export function effectiveOf(resource: JsonObject): Moment {
  const text = textAt(resource, 'effectiveDateTime') ?? textAt(resource, 'effectiveInstant');
  if (text !== undefined) return momentOf(text);
  const period = objectAt(resource, 'effectivePeriod');
  if (period !== undefined) return ofPeriod(textAt(period, 'start'), textAt(period, 'end'));
  const timing = objectAt(resource, 'effectiveTiming');
  return timing === undefined ? no('timestamp-missing') : ofTiming(timing);
}

/** {@link effectiveOf} where it is plausible, and the latest moment that is, ms: ten minutes after it was received. */
export function momentsWithin(
  resource: JsonObject,
  { receivedAt }: ClinicalContext,
): Extract<Moment, { ok: false }> | { readonly ok: true; readonly ms: number; readonly latest: number } {
  const moment = effectiveOf(resource);
  if (!moment.ok) return moment;
  const latest = receivedAt === undefined ? Number.POSITIVE_INFINITY : receivedAt + FUTURE_MS;
  if (moment.ms > latest) return { ok: false, reason: 'timestamp-in-future' };
  if (moment.ms < FIRST_MS) return { ok: false, reason: 'timestamp-before-birth' };
  return { ok: true, ms: moment.ms, latest };
}

function ofPeriod(startText: string | undefined, endText: string | undefined): Moment {
  const start = startText === undefined ? no('timestamp-missing') : momentOf(startText);
  const end = endText === undefined ? no('timestamp-missing') : momentOf(endText);
  if (start.ok && end.ok && end.ms < start.ms) return no('timestamp-invalid');
  return start.ok || startText !== undefined ? start : end;
}

function ofTiming(timing: JsonObject): Moment {
  const modifier = unknownModifier(timing);
  if (modifier !== undefined) return no(modifier.reason);
  const events = timing['event'];
  if ('repeat' in timing || !Array.isArray(events) || events.length !== 1) return no('timestamp-invalid');
  const [event] = events as readonly unknown[];
  return typeof event === 'string' ? momentOf(event) : no('timestamp-missing');
}

function momentOf(text: string): Moment {
  if (!text.includes('T')) return no('timestamp-imprecise');
  const instant = parseInstant(withReadableFraction(text));
  return instant.ok ? instant : no('timestamp-invalid');
}

function no(reason: UnmeasuredReason): Extract<Moment, { ok: false }> {
  return { ok: false, reason };
}
