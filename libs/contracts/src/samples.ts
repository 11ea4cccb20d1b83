import { z } from 'zod';
import { Instant, PageQuery } from './api/api-values.js';

/**
 * What the wearable gateway takes and answers. These schemas are the documents' source (OpenAPI, AsyncAPI) and the tests' oracle; the
 * gateway reads samples with a parser of its own (libs/samples/src/read-sample.ts), because it says what is wrong in one
 * sentence and is about ten times as fast. A property test keeps the two in agreement.
 */

export const SAMPLE_LIMITS = {
  /** UTF-16 units. */
  reference: 512,
  id: 256,
  source: 128,
  channel: 32,
  code: 64,
  unit: 64,
  reason: 128,
  reasons: 8,
  /** At 20 characters a value, the largest series stays far below the 1 MB of a log record. */
  seriesValues: 20_000,
  /** How far ahead of the gateway's clock a device's clock may be, ms. */
  futureMs: 10 * 60_000,
  /** Bytes of one NDJSON line. */
  lineBytes: 1024 * 1024,
  /** Bytes of a JSON body after inflating. */
  bodyBytes: 16 * 1024 * 1024,
} as const;

const text = (most: number) => z.string().min(1).max(most);

/** `perfusionIndex` in per cent; below 0.3 a saturation is doubtful. */
export const SampleQuality = z
  .object({
    status: z.enum(['good', 'doubtful', 'bad']).optional(),
    reasons: z.array(text(SAMPLE_LIMITS.reason)).max(SAMPLE_LIMITS.reasons).optional(),
    perfusionIndex: z.number().min(0).max(100).optional(),
  })
  .meta({ id: 'SampleQuality', description: 'What the sender knows of the quality of the value' });

/** One measurement as sent. Exactly one of `value` and `values`; `patient`, `device` or both. */
export const Sample = z
  .object({
    patient: text(SAMPLE_LIMITS.reference).optional().describe('FHIR id, Patient/{id}, or system|value'),
    device: text(SAMPLE_LIMITS.reference).optional().describe('FHIR id, Device/{id}, or system|value'),
    code: text(SAMPLE_LIMITS.code).describe('Catalogue name, LOINC code, or MDC number or reference id'),
    value: z.number().optional(),
    values: z.array(z.number()).min(1).max(SAMPLE_LIMITS.seriesValues).optional(),
    unit: text(SAMPLE_LIMITS.unit).describe('UCUM'),
    effectiveAt: z.iso
      .datetime({ offset: true })
      .describe('ISO 8601 with offset; of a series the start of its first value'),
    periodMs: z
      .number()
      .positive()
      .max(3_600_000)
      .optional()
      .describe('Even spacing of values; absent: successive intervals'),
    channel: text(SAMPLE_LIMITS.channel).optional().describe('II, V5, pleth, …'),
    id: text(SAMPLE_LIMITS.id)
      .optional()
      .describe('Identifier in the source; the same id with another content is a correction'),
    source: text(SAMPLE_LIMITS.source)
      .optional()
      .describe('Name of the sending system; default: the client id. It belongs to the client that used it first'),
    quality: SampleQuality.optional(),
  })
  .meta({ id: 'Sample', description: 'One measured value or series' });
export type Sample = z.infer<typeof Sample>;

/** Why a sample was refused. Part of the outside contract: `code` in answers, label `reason` of `homeostat_samples_rejected_total`. */
export const SAMPLE_REFUSALS = [
  'malformed-json',
  'not-a-sample',
  'line-too-long',
  'text-invalid',
  'patient-missing',
  'reference-invalid',
  'reference-ambiguous',
  'patient-mismatch',
  'unknown-patient',
  'unknown-device',
  'device-without-patient',
  'source-not-yours',
  'source-reserved',
  'code-missing',
  'unknown-code',
  'value-missing',
  'value-not-a-number',
  'value-not-finite',
  'series-invalid',
  'missing-unit',
  'unit-unknown',
  'unit-mismatch',
  'impossible-value',
  'timestamp-missing',
  'timestamp-invalid',
  'timestamp-without-offset',
  'timestamp-in-future',
  'timestamp-before-birth',
  'quality-invalid',
  'schema-unsupported',
  'topic-invalid',
  'retained-message',
  'payload-too-large',
] as const;
export const SampleRefusalCode = z.enum(SAMPLE_REFUSALS);
export type SampleRefusalCode = z.infer<typeof SampleRefusalCode>;

export const RejectedSample = z
  .object({
    index: z.int().min(0).describe('Place in the array, or number of the line, from 0'),
    code: SampleRefusalCode,
    message: z.string(),
    pointer: z.string().optional().describe('JSON pointer into the sample'),
  })
  .meta({ id: 'RejectedSample' });
export type RejectedSample = z.infer<typeof RejectedSample>;

/** Answer 202 of `POST /v1/samples`. */
export const SamplesAnswer = z
  .object({
    accepted: z.int().min(0).describe('Measurements made durable'),
    duplicates: z.int().min(0).describe('Measurements sent twice within this request'),
    rejected: z.array(RejectedSample),
    rejectedUnlisted: z.int().optional().describe('Rejections beyond the 10,000 that an answer lists'),
    position: z
      .string()
      .describe(
        'Last place in the log, per partition: topic:partition:offset, separated by commas; empty when nothing was accepted',
      ),
  })
  .meta({ id: 'SamplesAnswer' });
export type SamplesAnswer = z.infer<typeof SamplesAnswer>;

export const RejectionDoor = z.enum(['http', 'mqtt', 'fhir', 'hl7v2']);

/** One item of `GET /v1/rejections`. */
export const Rejection = z
  .object({
    id: z.string(),
    at: z.string().describe('When the gateway took it, ISO 8601 UTC'),
    door: RejectionDoor,
    request: z.string().describe('Id of the request or message'),
    index: z.int().nullable().describe('place in the request: of the sample, or of the entry of a bundle'),
    code: z.string(),
    message: z.string(),
    client: z.string().nullable(),
    patient: z.string().nullable().describe('FHIR id, where it is known'),
    resource: z.string().nullable().describe('Type/id of what came as FHIR: it is stored, and was not measured'),
    sample: z.unknown().describe('What was sent, shortened where it is long'),
  })
  .meta({ id: 'Rejection' });
export type Rejection = z.infer<typeof Rejection>;

/** Query of `GET /v1/rejections`. */
export const RejectionsQuery = z.strictObject({
  ...PageQuery,
  door: RejectionDoor.optional(),
  patient: z
    .string()
    .regex(/^(Patient\/)?[A-Za-z0-9\-.]{1,64}$/, 'must be a FHIR id or Patient/{id}')
    .optional()
    .describe('FHIR id, or Patient/{id}'),
  resource: z
    .string()
    .regex(/^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/, 'must be Type/id, such as Observation/1')
    .optional()
    .describe('Type/id of what came as FHIR'),
  code: z.string().min(1).max(64).optional(),
  from: Instant.optional().describe('inclusive'),
});

export const RejectionsPage = z
  .object({ items: z.array(Rejection), next: z.string().optional() })
  .meta({ id: 'RejectionsPage' });
export type RejectionsPage = z.infer<typeof RejectionsPage>;

/** MQTT topic of one patient's samples; `tenant` is the tenant's id, `patient` a FHIR id. */
export function samplesTopic(tenant: string, patient: string): string {
  return `homeostat/${tenant}/patients/${patient}/samples`;
}

/** Subscription that covers {@link samplesTopic} for all tenants and patients. */
export const SAMPLES_TOPIC_FILTER = 'homeostat/+/patients/+/samples';
