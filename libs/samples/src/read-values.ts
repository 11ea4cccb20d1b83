import { SAMPLE_LIMITS, type SampleRefusalCode, type WireSample } from '#libs/contracts';
import { convert, judge, type Measure, type UnitFactor } from '#libs/domain/quantities';
import type { SentQuality } from './read-quality.js';
import type { Reference } from './reference.js';
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

/** What is known of a sample before its values are read. */
export interface Job {
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

export function readValue(job: Job, value: unknown): ReadSample | Refusal {
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

export function readSeries(job: Job, values: unknown, period: number | undefined): readonly (ReadSample | Refusal)[] {
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };
