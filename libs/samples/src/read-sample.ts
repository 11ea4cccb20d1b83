import { SAMPLE_LIMITS, type SampleRefusalCode, type WireSample } from '#libs/contracts';
import {
  convert,
  judge,
  parseInstant,
  resolveCode,
  unitFactor,
  unitRefusal,
  type Measure,
  type UnitFactor,
} from '#libs/domain/quantities';
import { readQuality, type SentQuality } from './read-quality.js';
import { isCleanText, parseReference, type Reference } from './reference.js';
import { refuse, type Refusal } from './refusal.js';

/** A sample that is right in itself; whose it is, is not known yet. Values are canonical. */
export interface ReadSample {
  readonly kind: 'sample';
  readonly index: number;
  readonly patient: Reference | undefined;
  readonly device: Reference | undefined;
  readonly source: string | undefined;
  readonly wire: WireSample;
  readonly raw: unknown;
}

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

/** What is known of a sample before its values are read. */
interface Job {
  readonly head: Omit<ReadSample, 'kind' | 'wire'>;
  readonly wire: {
    readonly c: number;
    readonly t: number;
    readonly id: string | undefined;
    readonly channel: string | undefined;
  };
  readonly measure: Measure;
  readonly unit: string;
  readonly factor: UnitFactor;
  readonly quality: SentQuality;
  /** Latest effective time allowed, ms. */
  readonly latest: number;
}

function readValue(job: Job, value: unknown): ReadSample | Refusal {
  const { head, measure } = job;
  const wrong = notANumber(value);
  if (wrong !== undefined) return refuse(head.index, wrong.code, `value ${wrong.message}`, head.raw, '/value');
  if (measure.shape === 'waveform') {
    return refuse(
      head.index,
      'series-invalid',
      `${measure.name} is a series: give values and periodMs`,
      head.raw,
      '/value',
    );
  }
  return readOne(job, value as number, job.wire.t, job.wire.id, '/value');
}

function readOne(job: Job, sent: number, t: number, id: string | undefined, pointer: string): ReadSample | Refusal {
  const { head, measure, unit, factor, quality } = job;
  if (t > job.latest) return inFuture(head);
  const x = convert(sent, factor);
  const judgement = judge(measure, x, unit === measure.unit ? undefined : [sent, unit]);
  if (judgement.verdict === 'impossible')
    return refuse(head.index, 'impossible-value', judgement.reason, head.raw, pointer);
  const reasons = judgement.verdict === 'doubtful' ? [...quality.reasons, judgement.reason] : quality.reasons;
  const level = judgement.verdict === 'doubtful' && quality.level === 0 ? 1 : quality.level;
  // One interval is a series of one, as from the EHR gateway: the same measurement by both ways is one measurement.
  const wire: Writable<WireSample> =
    measure.shape === 'intervals' ? { c: measure.number, t, s: [x] } : { c: measure.number, t, x };
  if (factor.factor !== 1 || factor.offset !== 0) wire.o = [sent, unit];
  return finish(head, wire, id, job.wire.channel, level, reasons);
}

function readSeries(job: Job, values: unknown, period: number | undefined): readonly (ReadSample | Refusal)[] {
  const { head, measure } = job;
  const wrong = wrongSeries(measure, values, period);
  if (wrong !== undefined) return [refuse(head.index, wrong.code, wrong.message, head.raw, wrong.pointer)];
  const sent = values as readonly number[];
  if (measure.shape === 'value') return readEach(job, sent, period as number);
  const series: number[] = [];
  let doubtful: string | undefined;
  let odd = 0;
  for (let k = 0; k < sent.length; k++) {
    const x = convert(sent[k] as number, job.factor);
    const judgement = judge(measure, x, job.unit === measure.unit ? undefined : [sent[k] as number, job.unit]);
    if (judgement.verdict === 'impossible') {
      return [refuse(head.index, 'impossible-value', `values[${k}]: ${judgement.reason}`, head.raw, `/values/${k}`)];
    }
    if (judgement.verdict === 'doubtful') {
      doubtful ??= judgement.reason;
      odd++;
    }
    series.push(x);
  }
  const spaced = measure.shape === 'waveform';
  const lasts = spaced ? (period as number) * (series.length - 1) : series.reduce((sum, interval) => sum + interval, 0);
  if (job.wire.t + lasts > job.latest) return [inFuture(head)];
  // One odd value says nothing of its neighbours: only when all are odd is the series doubtful.
  const isOdd = odd === series.length;
  const found = isOdd ? doubtful : `${doubtful} in ${odd} of ${series.length} values`;
  const reasons = doubtful === undefined ? job.quality.reasons : [...job.quality.reasons, found!];
  const level = isOdd && job.quality.level === 0 ? 1 : job.quality.level;
  const wire: Writable<WireSample> = { c: measure.number, t: job.wire.t, s: series };
  if (spaced) wire.p = period as number;
  if (job.factor.factor !== 1 || job.factor.offset !== 0) wire.o = [sent[0] as number, job.unit];
  return [finish(head, wire, job.wire.id, job.wire.channel, level, reasons)];
}

/** Evenly spaced single values: each is a measurement of its own, so that rules see it and a bad one goes alone. */
function readEach(job: Job, sent: readonly number[], period: number): readonly (ReadSample | Refusal)[] {
  const { id, t } = job.wire;
  return sent.map((value, k) =>
    readOne(job, value, t + Math.round(k * period), id === undefined ? undefined : `${id}#${k}`, `/values/${k}`),
  );
}

function wrongSeries(
  measure: Measure,
  values: unknown,
  period: number | undefined,
): { readonly code: SampleRefusalCode; readonly message: string; readonly pointer: string } | undefined {
  const invalid = (message: string, pointer: string) => ({ code: 'series-invalid' as const, message, pointer });
  if (!Array.isArray(values) || values.length === 0) return invalid('values must be an array of numbers', '/values');
  if (values.length > SAMPLE_LIMITS.seriesValues)
    return invalid(`values may have at most ${SAMPLE_LIMITS.seriesValues} numbers`, '/values');
  if (measure.shape === 'intervals') {
    if (period !== undefined)
      return invalid(`${measure.name} values are successive intervals: leave periodMs out`, '/periodMs');
  } else if (period === undefined) {
    return invalid(`${measure.name} values need periodMs`, '/periodMs');
  }
  for (let k = 0; k < values.length; k++) {
    const wrong = notANumber(values[k]);
    if (wrong !== undefined)
      return { code: wrong.code, message: `values[${k}] ${wrong.message}`, pointer: `/values/${k}` };
  }
  return undefined;
}

function finish(
  head: Job['head'],
  wire: Writable<WireSample>,
  id: string | undefined,
  channel: string | undefined,
  level: 0 | 1 | 2,
  reasons: readonly string[],
): ReadSample {
  if (id !== undefined) wire.i = id;
  if (channel !== undefined) wire.h = channel;
  if (level !== 0) wire.q = level;
  if (reasons.length > 0) wire.r = reasons;
  return {
    kind: 'sample',
    index: head.index,
    patient: head.patient,
    device: head.device,
    source: head.source,
    wire,
    raw: head.raw,
  };
}

function inFuture(head: Job['head']): Refusal {
  return refuse(
    head.index,
    'timestamp-in-future',
    `effectiveAt is more than ${SAMPLE_LIMITS.futureMs / 60_000} minutes after the server's clock`,
    head.raw,
    '/effectiveAt',
  );
}

function notANumber(value: unknown): { readonly code: SampleRefusalCode; readonly message: string } | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { code: 'value-not-finite', message: 'is not a finite number' };
  }
  if (value === undefined || value === null) return { code: 'value-missing', message: 'is missing' };
  if (typeof value === 'string' && /^[-+]?(?:nan|inf|infinity)$/i.test(value)) {
    return { code: 'value-not-finite', message: 'is not a finite number' };
  }
  return { code: 'value-not-a-number', message: 'must be a JSON number' };
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };
