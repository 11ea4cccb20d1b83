import type { WireSample } from '#libs/contracts';
import { judge, measureByCoding, toCanonical, type Measure } from '#libs/domain/quantities';
import type { ClinicalContext, Unmeasured, UnmeasuredReason } from './clinical.js';
import { listAt, momentAt, numberAt, objectAt, referenceAt, textAt } from './element.js';
import type { JsonObject } from './json.js';
import { readSampledData } from './sampled-data.js';

const UCUM = 'http://unitsofmeasure.org';
const FUTURE_MS = 10 * 60_000;
/** Observation.status: these withdraw what an earlier version said; these are not (yet) a result. */
const WITHDRAWN = new Set(['entered-in-error', 'cancelled']);
const NOT_YET = new Set(['registered', 'unknown']);

/** What is the same for an observation and its components. */
interface Frame {
  readonly at: number;
  readonly device: string | undefined;
  readonly withdrawn: boolean;
}

/**
 * Measurements of an Observation and its components. Each has the source identifier `Observation/<id>#<code>`, so that an
 * update of the resource is a correction of the measurement, not a second one. `valueQuantity` and `valueSampledData` with UCUM units
 * only: a unit in words is not guessed at.
 */
export function observationSamples(
  resource: JsonObject,
  context: ClinicalContext,
): { readonly samples: readonly WireSample[]; readonly unmeasured: readonly Unmeasured[] } {
  const samples: WireSample[] = [];
  const unmeasured: Unmeasured[] = [];
  const note = (reason: UnmeasuredReason, expression: string): void => void unmeasured.push({ reason, expression });

  const status = textAt(resource, 'status') ?? '';
  if (NOT_YET.has(status))
    return { samples, unmeasured: [{ reason: 'status-not-final', expression: 'Observation.status' }] };
  const at = effectiveAt(resource);
  if (at === undefined) return { samples, unmeasured: [{ reason: 'no-time', expression: 'Observation.effective' }] };
  if (context.receivedAt !== undefined && at > context.receivedAt + FUTURE_MS) {
    return { samples, unmeasured: [{ reason: 'time-in-future', expression: 'Observation.effective' }] };
  }
  const device = referenceAt(resource, 'device');
  const frame: Frame = {
    at,
    device: device?.[0] === 'Device' ? device[1] : undefined,
    withdrawn: WITHDRAWN.has(status),
  };
  const identity = `Observation/${textAt(resource, 'id') ?? ''}`;

  const parts = [
    { element: resource, expression: 'Observation' },
    ...listAt(resource, 'component').map((element, index) => ({
      element,
      expression: `Observation.component[${index}]`,
    })),
  ];
  const used = new Map<string, number>();
  for (const { element, expression } of parts) {
    const measure = measureOf(element);
    if (measure === undefined) {
      if (hasValue(element)) note('code-not-in-catalogue', `${expression}.code`);
      continue;
    }
    // Two components of one code: the second must not correct the first.
    const times = used.get(measure.name) ?? 0;
    used.set(measure.name, times + 1);
    const id = `${identity}#${measure.name}${times === 0 ? '' : `-${times + 1}`}`;
    const sample = readValue(element, measure, frame, id);
    if (typeof sample === 'string') note(sample, expression);
    else samples.push(sample);
  }
  return { samples, unmeasured };
}

function effectiveAt(resource: JsonObject): number | undefined {
  return (
    momentAt(resource, 'effectiveDateTime') ??
    momentAt(resource, 'effectiveInstant') ??
    momentAt(objectAt(resource, 'effectivePeriod'), 'start')
  );
}

function measureOf(element: JsonObject): Measure | undefined {
  for (const coding of listAt(objectAt(element, 'code'), 'coding')) {
    const measure = measureByCoding(textAt(coding, 'system') ?? '', textAt(coding, 'code') ?? '');
    if (measure !== undefined) return measure;
  }
  return undefined;
}

function hasValue(element: JsonObject): boolean {
  return Object.keys(element).some((name) => /^value[A-Z]/.test(name));
}

function readValue(element: JsonObject, measure: Measure, frame: Frame, id: string): WireSample | UnmeasuredReason {
  const head = {
    c: measure.number,
    t: frame.at,
    i: id,
    ...(frame.device === undefined ? {} : { d: frame.device }),
    ...(frame.withdrawn ? { w: 1 as const } : {}),
  };
  const sampled = objectAt(element, 'valueSampledData');
  if (sampled !== undefined) return readSeries(sampled, measure, head);
  const quantity = objectAt(element, 'valueQuantity');
  if (quantity === undefined) return hasValue(element) ? 'value-not-a-quantity' : 'no-value';
  const value = numberAt(quantity, 'value');
  if (value === undefined) return 'no-value';
  if (textAt(quantity, 'comparator') !== undefined) return 'comparator';
  if (measure.shape === 'waveform') return 'value-not-a-quantity';
  const unit = unitOf(quantity);
  if (!unit.ok) return unit.reason;
  const converted = toCanonical(measure, value, unit.code);
  if (!converted.ok) return converted.code;
  const judgement = judge(measure, converted.value, [value, unit.code]);
  if (judgement.verdict === 'impossible') return 'value-impossible';
  return {
    ...head,
    ...(measure.shape === 'intervals' ? { s: [converted.value] } : { x: converted.value }),
    ...(judgement.verdict === 'doubtful' ? { q: 1 as const, r: [judgement.reason] } : {}),
    ...(unit.code === measure.unit ? {} : { o: [value, unit.code] as const }),
  };
}

type Head = Pick<WireSample, 'c' | 't' | 'i' | 'd' | 'w'>;

function readSeries(element: JsonObject, measure: Measure, head: Head): WireSample | UnmeasuredReason {
  if (measure.shape !== 'waveform') return 'value-not-a-quantity';
  const series = readSampledData(element);
  if (!series.ok) return 'sampled-data-unreadable';
  if (series.unit === undefined) return 'unit-missing';
  if (series.system !== UCUM) return 'unit-not-ucum';
  const values: number[] = [];
  for (const value of series.values) {
    const converted = toCanonical(measure, value, series.unit);
    if (!converted.ok) return converted.code;
    values.push(converted.value);
  }
  return { ...head, s: values, p: series.periodMs };
}

type Unit = { readonly ok: true; readonly code: string } | { readonly ok: false; readonly reason: UnmeasuredReason };

function unitOf(quantity: JsonObject): Unit {
  const code = textAt(quantity, 'code');
  if (code === undefined) return { ok: false, reason: 'unit-missing' };
  return textAt(quantity, 'system') === UCUM ? { ok: true, code } : { ok: false, reason: 'unit-not-ucum' };
}
