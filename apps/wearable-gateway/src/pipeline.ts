import { setTimeout as sleep } from 'node:timers/promises';
import { twinKey, TOPICS } from '#libs/contracts';
import { type EventLog, LogFullError, type NewRecord, type Position } from '#libs/platform/messaging';
import { STAGE_BUCKETS, type Metrics } from '#libs/platform/telemetry';
import {
  type Entry,
  fromDataPoint,
  isDataPoint,
  kept,
  parseReference,
  readSample,
  type ReadSample,
  type Refusal,
  refuse,
} from '#libs/samples';
import { groupByPatient } from './senders/group-by-patient.js';
import { ownSamples, type Owners } from './senders/own-samples.js';
import type { RejectionStore } from './rejections/rejection-store.js';
import type { Tally } from './rejections/tally.js';
import type { Origin } from './origin.js';

/** Maximum entries handled at once. */
export const MAX_AT_ONCE = 2_000;
/** How long a request that is half durable waits for a full log. */
export const PATIENCE_MS = 20_000;

export interface PipelineParts {
  readonly owners: Owners;
  readonly log: Pick<EventLog, 'append'>;
  readonly rejections: Pick<RejectionStore, 'write'>;
  readonly metrics: Pick<Metrics, 'samplesAccepted' | 'samplesRejected' | 'counter' | 'histogram'>;
  readonly now: () => number;
}

/**
 * The way of a batch of samples: read each (shape, code, unit, plausibility, time) → resolve patients, devices and sources of all at once →
 * group by patient → append to the log → list what was refused → update the tally. When it resolves, what the tally counts as
 * accepted is durable.
 */
export class Pipeline {
  private readonly duplicates;
  private readonly stages;

  constructor(private readonly parts: PipelineParts) {
    this.duplicates = parts.metrics.counter(
      'homeostat_samples_duplicate_total',
      'Samples sent twice within one request',
    );
    this.stages = parts.metrics.histogram(
      'homeostat_gateway_stage_seconds',
      'Time of a batch of samples by stage: read, resolve (whose they are), append (until durable)',
      STAGE_BUCKETS,
      ['stage'],
    );
  }

  /**
   * {@link take} in slices, so that a large body neither holds the event loop nor makes one huge append. Once a slice is durable,
   * the next ones wait for a full log.
   */
  async takeAll(entries: readonly Entry[], origin: Origin, tally: Tally): Promise<void> {
    const patient = { ...origin, patienceMs: Math.max(origin.patienceMs ?? 0, PATIENCE_MS) };
    for (let from = 0; from < entries.length; from += MAX_AT_ONCE) {
      await this.take(entries.slice(from, from + MAX_AT_ONCE), from === 0 ? origin : patient, tally);
    }
  }

  /** @throws LogFullError when the log takes no more: nothing of this batch was taken, earlier batches stay */
  async take(entries: readonly Entry[], origin: Origin, tally: Tally): Promise<void> {
    const receivedAt = this.parts.now();
    const refusals: Refusal[] = [];
    const begun = performance.now();
    const read = readAll(entries, origin, receivedAt, refusals);
    const parsed = performance.now();
    const owned = await ownSamples(read, origin, this.parts.owners, refusals);
    const resolved = performance.now();
    const fresh = owned.filter((sample) => !tally.isDuplicate(sample));
    const records = groupByPatient(fresh, origin.tenant, receivedAt, origin.door);
    if (records.length > 0) {
      const news = records.map((record) => ({
        topic: TOPICS.patientInput,
        key: twinKey(record.tenant, 'patient', record.patient),
        value: JSON.stringify(record),
      }));
      tally.appended(await this.append(news, origin.patienceMs ?? 0));
      this.stages.observe({ stage: 'append' }, (performance.now() - resolved) / 1000);
    }
    this.stages.observe({ stage: 'read' }, (parsed - begun) / 1000);
    this.stages.observe({ stage: 'resolve' }, (resolved - parsed) / 1000);
    tally.accepted += fresh.length;
    tally.duplicates += owned.length - fresh.length;
    this.parts.metrics.samplesAccepted.inc(fresh.length);
    if (owned.length > fresh.length) this.duplicates.inc(owned.length - fresh.length);
    await this.list(refusals, origin, receivedAt, tally);
  }

  /** Counts and lists refusals; the answer names them through the tally. */
  async list(refusals: readonly Refusal[], origin: Origin, at: number, tally: Tally): Promise<void> {
    if (refusals.length === 0) return;
    const listed = refusals.filter((refusal) => tally.reject(refusal));
    for (const refusal of refusals) this.parts.metrics.samplesRejected.inc({ reason: refusal.code });
    const { tenant, client, door, request } = origin;
    await this.parts.rejections.write(
      listed.map(({ index, code, message, raw }) => ({
        tenant,
        at,
        door,
        request,
        index,
        code,
        message: message.toWellFormed().replaceAll('\u0000', '\ufffd'),
        client,
        patient: patientNamed(raw, origin),
        resource: null,
        sample: raw === undefined ? null : kept(raw),
      })),
    );
  }

  private async append(records: readonly NewRecord[], patienceMs: number): Promise<readonly Position[]> {
    const giveUpAt = this.parts.now() + patienceMs;
    for (;;) {
      try {
        return await this.parts.log.append(records);
      } catch (error) {
        if (!(error instanceof LogFullError)) throw error;
        const pause = Math.min(error.retryAfterSeconds * 1000, 250);
        if (this.parts.now() + pause > giveUpAt) throw error;
        await sleep(pause);
      }
    }
  }
}

/** FHIR id of the Patient that a refused sample is about, where it names one by id. */
function patientNamed(raw: unknown, origin: Origin): string | null {
  const named = typeof raw === 'object' && raw !== null ? (raw as { patient?: unknown }).patient : undefined;
  const text = origin.boundTo ?? (typeof named === 'string' ? named : origin.patient);
  const reference = text === undefined ? undefined : parseReference(text, 'Patient');
  return reference?.kind === 'id' ? reference.id : null;
}

function readAll(entries: readonly Entry[], origin: Origin, receivedAt: number, refusals: Refusal[]): ReadSample[] {
  const read: ReadSample[] = [];
  const fallback = origin.boundTo ?? origin.patient;
  const defaultPatient = fallback === undefined ? undefined : parseReference(fallback, 'Patient');
  for (const entry of entries) {
    if (entry.kind === 'refused') {
      refusals.push(entry);
      continue;
    }
    for (const raw of plainForms(entry.raw, entry.index, fallback, refusals)) {
      for (const sample of readSample(raw, entry.index, { receivedAt })) {
        if (sample.kind === 'refused') refusals.push(sample);
        else if (sample.patient !== undefined || (sample.device !== undefined && origin.boundTo === undefined))
          read.push(sample);
        else if (defaultPatient !== undefined) read.push({ ...sample, patient: defaultPatient });
        else refusals.push(refuse(entry.index, 'patient-missing', 'the sample names neither patient nor device', raw));
      }
    }
  }
  return read;
}

function plainForms(raw: unknown, index: number, patient: string | undefined, refusals: Refusal[]): readonly unknown[] {
  if (!isDataPoint(raw)) return [raw];
  const samples = fromDataPoint(raw, index, { patient });
  if (!('kind' in samples)) return samples;
  refusals.push(samples);
  return [];
}
