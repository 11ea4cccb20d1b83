import { z } from 'zod';
import { AlertSchema } from './api/alerts-api.js';
import type { AlertRecord } from './alerts.js';
import { FACT_KINDS } from './facts.js';
import { COMPARATORS } from './records.js';
import type {
  ActRecord,
  ClinicalRecord,
  ModelParametersRecord,
  ModelStatusRecord,
  SamplesRecord,
  TickRecord,
  WireFact,
  WireSample,
  WireThreshold,
} from './records.js';

/** The records of records.ts as schemas: for docs/asyncapi.json, and for tests. The types keep the two in agreement. */

const ms = z.number().describe('ms since 1970-01-01T00:00:00Z');
const head = {
  v: z.literal(1).describe('schema version'),
  tenant: z.number().int().describe('key of the tenant'),
  patient: z.string().describe('FHIR id of the Patient'),
  receivedAt: ms.describe('when the gateway received it, ms since 1970'),
};

export const WireSampleSchema = z.object({
  c: z.number().int().describe('catalogue number of the measure'),
  t: ms.describe('effective time, ms since 1970'),
  x: z.number().exactOptional().describe('value in the canonical unit'),
  i: z.string().exactOptional().describe('identifier in the source'),
  q: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .exactOptional()
    .describe('0 good (default), 1 doubtful, 2 bad'),
  r: z.array(z.string()).exactOptional().describe('reasons of the quality'),
  s: z.array(z.number()).exactOptional().describe('a series in place of x'),
  p: z.number().exactOptional().describe('period of the series, ms; absent: successive intervals'),
  h: z.string().exactOptional().describe('channel'),
  o: z.tuple([z.number(), z.string()]).exactOptional().describe('value and unit as sent'),
  w: z.literal(1).exactOptional().describe('withdraws the value of this identity'),
  b: z.enum(COMPARATORS).exactOptional().describe('x is a bound: the true value is less, at most, at least or more'),
  k: z.literal(1).exactOptional().describe('its resource has earlier versions'),
  d: z.string().exactOptional().describe("device, where it differs from the record's"),
  f: z.string().exactOptional().describe("source, where it differs from the record's"),
}) satisfies z.ZodType<WireSample>;

const WireFactSchema = z.object({
  fact: z.enum(FACT_KINDS),
  reference: z.string().describe('Type/id'),
  version: z.number().int(),
  content: z.record(z.string(), z.unknown()),
  from: ms.exactOptional(),
  to: ms.exactOptional(),
  withdrawn: z.literal(true).exactOptional(),
}) satisfies z.ZodType<WireFact>;

const WireThresholdSchema = z.object({
  rule: z.string(),
  limits: z.record(z.string(), z.number()).nullable(),
  reason: z.string(),
  expiresAt: ms.exactOptional(),
  keep: z.literal(true).exactOptional().describe("the rule's other limits stay as they are"),
}) satisfies z.ZodType<WireThreshold>;

export const SamplesRecordSchema = z.object({
  ...head,
  kind: z.literal('samples'),
  source: z.string(),
  device: z.string().describe("FHIR id of the device, or ''"),
  door: z.literal('mqtt').exactOptional().describe('how it was received; absent: HTTP'),
  samples: z.array(WireSampleSchema),
}) satisfies z.ZodType<SamplesRecord>;

export const ClinicalRecordSchema = z.object({
  ...head,
  kind: z.literal('clinical'),
  facts: z.array(WireFactSchema),
  samples: z.array(WireSampleSchema),
  source: z.string().describe('fhir; the client in records of earlier versions, which have no author'),
  author: z.string().exactOptional().describe('the client that wrote'),
}) satisfies z.ZodType<ClinicalRecord>;

const thresholds = z.array(WireThresholdSchema);
const episodeAct = {
  episode: z.string(),
  sequence: z.number().int().exactOptional().describe('newest transition that was seen'),
  note: z.string().exactOptional(),
  useful: z.boolean().exactOptional(),
};
export const ActRecordSchema = z.object({
  ...head,
  kind: z.literal('act'),
  act: z.string().describe('id of the act; a repeat changes nothing'),
  actor: z.string().describe('the client'),
  onBehalfOf: z.string().exactOptional().describe('FHIR reference of the person behind the act'),
  does: z.discriminatedUnion('type', [
    z.object({ type: z.literal('acknowledge'), ...episodeAct }),
    z.object({ type: z.literal('snooze'), until: ms, ...episodeAct }),
    z.object({ type: z.literal('resolve'), ...episodeAct }),
    z.object({ type: z.literal('set-thresholds'), thresholds }),
    z.object({ type: z.literal('set-tenant-thresholds'), thresholds }),
    z.object({
      type: z.literal('set-monitoring'),
      state: z.enum(['on', 'off']),
      rules: z.array(z.string()).exactOptional(),
      until: ms.exactOptional(),
      reason: z.string(),
    }),
    z.object({
      type: z.literal('set-therapy'),
      therapy: z.object({
        carbRatio: z.number().describe('g/[IU]'),
        correctionFactor: z.number().describe('mg/dL/[IU]'),
        target: z.object({ low: z.number(), high: z.number() }).describe('mg/dL'),
        maximumBolus: z.number().describe('[IU]'),
        maximumInsulinOnBoard: z.number().describe('[IU]'),
        dailyMaximum: z.number().describe('[IU]'),
        author: z.string(),
        reason: z.string(),
        expiresAt: ms.exactOptional(),
      }),
    }),
    z.object({
      type: z.literal('propose'),
      proposal: z.string(),
      suggests: z.enum(['insulin-bolus', 'carbohydrate-intake']),
      status: z.enum(['proposed', 'none']),
      value: z.number().exactOptional(),
      unit: z.string().exactOptional(),
      scenario: z.string().exactOptional(),
    }),
    z.object({
      type: z.literal('decide-proposal'),
      proposal: z.string(),
      decision: z.enum(['accepted', 'rejected', 'overridden']),
      value: z.number().exactOptional().describe('what is done in place of it'),
      unit: z.string().exactOptional(),
      note: z.string().exactOptional(),
    }),
  ]),
}) satisfies z.ZodType<ActRecord>;

export const TickRecordSchema = z.object({
  ...head,
  kind: z.literal('tick'),
  listeningSince: ms.exactOptional().describe('since when data could come in without a break of the system itself'),
  outage: z
    .object({ components: z.array(z.string()), from: ms, until: ms.exactOptional() })
    .exactOptional()
    .describe('an outage of the system itself'),
}) satisfies z.ZodType<TickRecord>;

export const ModelParametersRecordSchema = z.object({
  ...head,
  kind: z.literal('model-parameters'),
  parameters: z.object({
    model: z.string(),
    modelVersion: z.string(),
    version: z.number().int().describe('rises with each fit of this person and model'),
    fittedAt: ms,
    dataFrom: ms,
    dataUntil: ms,
    estimates: z.record(z.string(), z.number()).describe("by name, in the model's units"),
    spread: z.array(z.number()).describe('lower triangle of the Cholesky factor of the posterior covariance, by row'),
    report: z.record(z.string(), z.unknown()).exactOptional().describe('what else readers are shown of the fit'),
  }),
}) satisfies z.ZodType<ModelParametersRecord>;

export const ModelStatusRecordSchema = z.object({
  ...head,
  kind: z.literal('model-status'),
  status: z.object({
    model: z.string(),
    code: z.number().int().describe('catalogue number of the measure'),
    status: z.enum(['active', 'demoted']),
    reason: z.string(),
    skill: z.number().describe('1 − RMSE / RMSE of persistence on the same n pairs; −1 where persistence had no error'),
    n: z.number().int(),
  }),
}) satisfies z.ZodType<ModelStatusRecord>;

export const AlertRecordSchema = z.object({
  v: z.literal(1),
  tenant: z.number().int(),
  patient: z.string(),
  transition: z.string().describe('id of the transition, the same at every replay; the webhook-id'),
  sequence: z.number().int(),
  receivedAt: ms.describe('when the gateway received the record that caused it'),
  alert: AlertSchema,
}) satisfies z.ZodType<Omit<AlertRecord, 'alert'>>;
