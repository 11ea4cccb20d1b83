import { SAMPLE_LIMITS, type SampleRefusalCode } from '#libs/contracts';
import { parseInstant, resolveCode, unitFactor, unitRefusal } from '#libs/domain/quantities';
import { readQuality } from './read-quality.js';
import { readSeries, readValue, type Job, type ReadSample } from './read-values.js';
import { isCleanText, parseReference, type Reference } from './reference.js';
import { refuse, type Refusal } from './refusal.js';

/** What stands outside the sample. */
export interface ReadContext {
  /** The gateway's clock, ms. */
  readonly receivedAt: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one entry of the plain form: checks every field, converts to the canonical unit and judges plausibility. A series of a
 * measure that is single values (a CGM's day) becomes that many samples. The hot path of the gateway: no schema library here, and
 * the first thing wrong ends it.
 */
export function readSample(raw: unknown, index: number, context: ReadContext): readonly (ReadSample | Refusal)[] {
  const fail = (code: SampleRefusalCode, message: string, field = ''): readonly Refusal[] => [
    refuse(index, code, message, raw, field === '' ? undefined : `/${field}`),
  ];
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return fail('not-a-sample', 'a sample is a JSON object');
  const fields = raw as Fields;

  const dirty = dirtyText(fields);
  if (dirty !== undefined) return fail('text-invalid', dirty.message, dirty.field);

  const patient = readReference(fields['patient'], 'Patient');
  if (patient === null)
    return fail('reference-invalid', 'patient must be a FHIR id, Patient/{id} or system|value', 'patient');
  const device = readReference(fields['device'], 'Device');
  if (device === null)
    return fail('reference-invalid', 'device must be a FHIR id, Device/{id} or system|value', 'device');

  const code = fields['code'];
  if (typeof code !== 'string' || code === '') return fail('code-missing', 'code is missing', 'code');
  const measure = resolveCode(code);
  if (measure === undefined) {
    return fail('unknown-code', 'code is not a catalogue name, LOINC or MDC code of a measure known here', 'code');
  }

  const unit = fields['unit'];
  if (typeof unit !== 'string' || unit === '') {
    return fail('missing-unit', `unit is missing; ${measure.name} is given in ${measure.unit}`, 'unit');
  }
  const factor = unitFactor(measure, unit);
  if (factor === undefined) {
    const refusal = unitRefusal(measure, unit);
    return fail(refusal.code, refusal.message, 'unit');
  }

  const effectiveAt = fields['effectiveAt'];
  if (effectiveAt === undefined || effectiveAt === null)
    return fail('timestamp-missing', 'effectiveAt is missing', 'effectiveAt');
  if (typeof effectiveAt !== 'string')
    return fail('timestamp-invalid', 'effectiveAt must be ISO 8601 text', 'effectiveAt');
  const instant = parseInstant(effectiveAt);
  if (!instant.ok) return fail(instant.code, `effectiveAt: ${instant.message}`, 'effectiveAt');

  const quality = readQuality(fields['quality'], measure);
  if (!quality.ok) return fail('quality-invalid', quality.message, 'quality');

  const head = { index, patient, device, source: textOf(fields['source']), raw };
  const wire = { c: measure.number, t: instant.ms, id: textOf(fields['id']), channel: textOf(fields['channel']) };
  const job: Job = {
    head,
    wire,
    measure,
    unit,
    factor,
    quality: quality.quality,
    latest: context.receivedAt + SAMPLE_LIMITS.futureMs,
  };

  const period = fields['periodMs'] ?? undefined;
  if (period !== undefined && !(typeof period === 'number' && period > 0 && period <= 3_600_000)) {
    return fail('series-invalid', 'periodMs must be a number above 0 and at most 3600000', 'periodMs');
  }
  const value = fields['value'];
  const values = fields['values'];
  if (values === undefined || values === null) return [readValue(job, value)];
  if (value !== undefined && value !== null) return fail('series-invalid', 'give value or values, not both', 'values');
  return readSeries(job, values, period);
}

const TEXTS: readonly (readonly [field: string, most: number])[] = [
  ['patient', SAMPLE_LIMITS.reference],
  ['device', SAMPLE_LIMITS.reference],
  ['id', SAMPLE_LIMITS.id],
  ['source', SAMPLE_LIMITS.source],
  ['channel', SAMPLE_LIMITS.channel],
];

/** The first text field that may not be stored: no text, empty, too long, or with NUL, control characters or half surrogates. */
function dirtyText(fields: Fields): { readonly field: string; readonly message: string } | undefined {
  for (const [field, most] of TEXTS) {
    const value = fields[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return { field, message: `${field} must be text` };
    if (value.length === 0 || value.length > most)
      return { field, message: `${field} must have 1 to ${most} characters` };
    if (!isCleanText(value)) return { field, message: `${field} holds control characters or broken Unicode` };
  }
  return undefined;
}

/** A text that {@link dirtyText} has passed; null counts as absent. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** null: not a reference. */
function readReference(value: unknown, type: 'Patient' | 'Device'): Reference | undefined | null {
  if (value === undefined || value === null) return undefined;
  return parseReference(value as string, type) ?? null;
}
