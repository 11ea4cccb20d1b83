import { z } from 'zod';
import { ALERT_STATUSES, SEVERITIES, TRANSITIONS } from './alerts.js';

/**
 * Requests and answers of the twin API, as JSON. Times are ISO 8601; requests must give an offset, answers are in UTC. The schemas of
 * requests refuse unknown members; those of answers document what is sent (docs/openapi.json).
 */

const Instant = z.iso.datetime({ offset: true, error: 'must be ISO 8601 with offset, such as 2026-03-01T08:15:30Z' });
/** Rules: FHIR R4 `id`. */
const FhirId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, 'must be a FHIR id');
const Note = z.string().max(2_000).refine(hasNoControls, 'must not hold control characters');
const RuleId = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a rule id, such as glucose-low');

function hasNoControls(text: string): boolean {
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) && text.isWellFormed();
}

const PageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('most items of the page'),
  cursor: z.string().max(512).optional().describe('`next` of the page before'),
};

function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().optional().describe('cursor of the next page; absent on the last'),
  });
}

const Coding = z.object({ system: z.string(), code: z.string() });
export const QualitySchema = z.enum(['good', 'doubtful', 'bad']);

// --- alerts

export const EvidenceSchema = z.object({
  id: z.string().describe('id of the measurement'),
  code: z.string(),
  value: z.number(),
  unit: z.string(),
  effectiveAt: Instant,
  source: z.string(),
  quality: QualitySchema,
  qualityReasons: z.array(z.string()).optional().describe('why it is not good'),
  ageSeconds: z.number().describe('how old it was when the condition was met'),
});

/** The alert as webhooks, SSE and REST show it; the type is `Alert`. */
export const AlertSchema = z.object({
  id: z.string(),
  episode: z.string(),
  patient: z.string(),
  rule: z.object({ id: z.string(), version: z.string(), title: z.string() }),
  category: z.enum(['physiological', 'technical']).describe('of the patient or of the equipment (IEC 60601-1-8)'),
  severity: z.enum(SEVERITIES).describe('IEC 60601-1-8 priority'),
  status: z.enum(ALERT_STATUSES),
  transition: z.enum(TRANSITIONS),
  effectiveAt: Instant.describe('when the condition became true, by the clock of the measurements'),
  raisedAt: Instant.describe('when the record that showed it was received'),
  resolvedAt: Instant.optional(),
  lateSeconds: z.number().describe('how long after the fact it became known'),
  summary: z.string(),
  evidence: z.array(EvidenceSchema),
  threshold: z
    .object({
      limit: z.number(),
      unit: z.string(),
      comparison: z.enum(['below', 'above', 'at-or-below', 'at-or-above', 'silent-for']),
      layer: z.enum(['default', 'tenant', 'patient']),
      owner: z.string().describe('`default`, or who set the limit'),
      reason: z.string().optional(),
      expiresAt: Instant.optional(),
    })
    .nullable(),
  explanation: z.object({
    why: z.string(),
    clears: z.string(),
    score: z.number().optional(),
    intercept: z.number().optional(),
    contributions: z
      .array(
        z.object({
          name: z.string(),
          value: z.union([z.number(), z.string()]).optional(),
          contribution: z.number(),
        }),
      )
      .optional()
      .describe('with the intercept they add up to the score'),
    notes: z.array(z.string()).optional().describe('what else is worth knowing, in plain words'),
    missing: z.array(z.string()).optional().describe('inputs that are not there; none counts as normal'),
    precision: z
      .object({ useful: z.int(), notUseful: z.int(), share: z.number().nullable() })
      .describe("what people said of this rule's alerts for this patient"),
  }),
  suppressed: z.array(z.object({ rule: z.string(), reason: z.string() })).optional(),
  acknowledgedBy: z.string().optional(),
  snoozedUntil: Instant.optional(),
  note: z.string().optional(),
  disclaimer: z.string(),
});

export const AlertWithTimelineSchema = AlertSchema.extend({
  timeline: z.array(
    z.object({
      id: z.string().describe('id of the transition; the webhook-id of its deliveries is made from it'),
      sequence: z.number().int(),
      transition: z.enum(TRANSITIONS),
      at: Instant,
      recordedAt: Instant,
      alert: AlertSchema.describe('the alert as it was told then'),
    }),
  ),
});
export const AlertListSchema = listOf(AlertSchema);
export const AlertsQuery = z.strictObject({
  ...PageQuery,
  patient: FhirId.optional(),
  status: z.enum(ALERT_STATUSES).optional(),
  severity: z.enum(SEVERITIES).optional(),
});

export const AcknowledgeRequest = z.strictObject({
  note: Note.optional(),
  useful: z.boolean().optional().describe('whether the alert was worth the interruption'),
});
export const SnoozeRequest = z.strictObject({
  until: Instant.describe('at most 24 hours ahead'),
  note: Note.optional(),
});
export const ResolveRequest = z.strictObject({ note: Note.optional() });
export const ActAnswerSchema = z.object({
  act: z.uuid().describe('id of the act, as the audit and the log know it'),
  status: z.literal('accepted').describe('it is durable; the engine applies it in the order of the log'),
});

export const SuppressionsQuery = z.strictObject({
  ...PageQuery,
  patient: FhirId.optional(),
  rule: RuleId.optional(),
  from: Instant.optional().describe('inclusive'),
  to: Instant.optional().describe('exclusive'),
});
export const SuppressionSchema = z.object({
  id: z.string(),
  patient: z.string(),
  episode: z.string().describe('id the alert would have, and has when it is told after all'),
  rule: z.object({ id: z.string(), version: z.string() }),
  severity: z.enum(SEVERITIES),
  reason: z.enum(['same-cause', 'refractory', 'shadow']),
  by: z.string().optional().describe('the alert that it was folded into, or came too soon after; none in shadow'),
  effectiveAt: Instant,
  at: Instant.describe('when the record that showed it was received'),
});
export const SuppressionListSchema = listOf(SuppressionSchema);

export const AlarmQualityQuery = z.strictObject({
  from: Instant.describe('inclusive'),
  to: Instant.describe('exclusive'),
  patient: FhirId.optional(),
});
const AlarmFigures = z.object({
  alerts: z.int().describe('episodes that were told as raised, by the time they were told'),
  bySeverity: z.object({ high: z.int(), medium: z.int(), low: z.int() }).describe('highest severity told'),
  suppressed: z.int().describe('alerts that were kept quiet, those of rules in shadow left out'),
  perPatientDay: z.number().nullable().describe('alerts by patient-day; null without patient-days'),
  acknowledged: z.int(),
  escalated: z.int().describe('told again because nobody had acknowledged them, or because they got worse'),
  useful: z.int(),
  notUseful: z.int(),
  precision: z.number().nullable().describe('useful by all that were judged; null when none was'),
  secondsToAcknowledge: z
    .object({ median: z.number(), p90: z.number() })
    .nullable()
    .describe('from the first telling to the first acknowledgement, of those that were acknowledged'),
});
export const AlarmQualitySchema = z.object({
  from: Instant,
  to: Instant,
  patientDays: z.int().describe('pairs of patient and UTC day with at least one measurement'),
  total: AlarmFigures,
  rules: z.array(AlarmFigures.extend({ rule: z.string() })),
  shadows: z
    .array(
      z.object({
        rule: z.string().describe('the rule that runs in shadow and pages nobody'),
        of: z.string().describe('the live rule it is compared with'),
        found: z.int().describe('episodes it found, by the time they became known'),
        liveFound: z.int().describe('episodes of the live rule, told or kept quiet'),
        liveAlsoInShadow: z
          .int()
          .describe(
            'of the live ones: the shadow one began within the hour before its beginning, or until the hour after',
          ),
        onlyInShadow: z.int().describe('of the shadow ones: no live one began within an hour'),
        perPatientDay: z.number().nullable().describe('episodes in shadow by patient-day; null without patient-days'),
        medianLeadSeconds: z
          .number()
          .nullable()
          .describe('how much earlier the shadow one began, of those found by both; negative: later'),
      }),
    )
    .describe('rules that run in shadow beside the live ones'),
});

// --- twins

export const MeasureViewSchema = z.object({
  value: z.number(),
  unit: z.string(),
  effectiveAt: Instant,
  receivedAt: Instant.optional(),
  recordedAt: Instant.optional(),
  source: z.string(),
  quality: QualitySchema,
  stale: z.boolean().describe('too old to speak for the patient now'),
  coding: Coding.optional(),
});
export const DerivedViewSchema = z.object({
  title: z.string(),
  unit: z.string(),
  of: z.array(z.string()).describe('names of the measures it follows from'),
  effectiveAt: Instant.describe('of the newest value it rests on'),
  value: z.number().optional(),
  parts: z.record(z.string(), z.number()).optional().describe('what else is worth knowing, such as the expected value'),
  refused: z.string().optional().describe('in place of a value: why there is none, such as `cold-start`'),
});
export const FactViewSchema = z.looseObject({ kind: z.string(), reference: z.string() });
export const TwinSchema = z.object({
  patient: z.string(),
  type: z.enum(['component', 'asset', 'system', 'process']),
  version: z.number().int(),
  asOf: Instant.nullable().describe('newest effective time the twin has seen'),
  knownAt: Instant.describe('the answer holds what was known then'),
  measures: z.record(z.string(), MeasureViewSchema),
  derived: z
    .record(z.string(), DerivedViewSchema)
    .optional()
    .describe('what follows from the measures, by name; of the twin as it is now'),
  facts: z.array(FactViewSchema),
  refusals: z
    .array(z.object({ rule: z.string(), reason: z.enum(['under-age', 'pregnant']) }))
    .optional()
    .describe('rules that do not judge this person, and why; of the twin as it is now'),
  alerts: z.array(AlertSchema).describe('open episodes'),
});
export const TwinQuery = z.strictObject({ at: Instant.optional(), 'known-at': Instant.optional() });

export const PatientSchema = z.object({
  patient: z.string(),
  type: TwinSchema.shape.type,
  version: z.number().int(),
  asOf: Instant.nullable(),
});
export const PatientListSchema = listOf(PatientSchema);
export const PatientsQuery = z.strictObject(PageQuery);

export const GlucoseMetricsQuery = z.strictObject({
  from: Instant.describe('inclusive'),
  to: Instant.describe('exclusive; at most 92 days after `from`'),
  targets: z
    .enum(['standard', 'pregnancy'])
    .default('standard')
    .describe('70 to 180 mg/dL, or 63 to 140; "low" and "high" are what lies outside'),
});
const Percent = z.number().describe('% of readings');
export const GlucoseMetricsSchema = z.object({
  patient: z.string(),
  from: Instant,
  to: Instant,
  targets: z.enum(['standard', 'pregnancy']),
  disclaimer: z.string(),
  items: z
    .array(
      z.object({
        source: z.string(),
        readings: z.int(),
        days: z.number().describe('from the first to the last reading'),
        activePercent: z.number().describe('% of the readings that the usual pace would have given'),
        mean: z.number().describe('mg/dL'),
        sd: z.number().describe('mg/dL'),
        cvPercent: z.number(),
        gmiPercent: z.number(),
        inRangePercent: Percent,
        below54Percent: Percent,
        belowRangePercent: Percent.describe('% of readings under the target range'),
        aboveRangePercent: Percent.describe('% of readings over the target range'),
        above250Percent: Percent,
        lbgi: z.number(),
        hbgi: z.number(),
        gri: z.number().describe('0 to 100'),
        events: z
          .object({ low: z.int(), veryLow: z.int(), prolongedLow: z.int(), high: z.int(), veryHigh: z.int() })
          .describe('of 15 min and more, ended by 15 min; prolonged: over two hours'),
        warnings: z.array(z.enum(['under-70-percent-active', 'under-14-days'])),
      }),
    )
    .describe('each source for itself: a meter beside a sensor would count twice'),
});

export const MeasurementSchema = z.object({
  id: z.string(),
  code: z.string().describe('name in the catalogue'),
  coding: Coding,
  value: z.number().optional(),
  values: z.array(z.number()).optional().describe('a series in place of a value'),
  periodMs: z.number().optional(),
  channel: z.string().optional(),
  unit: z.string(),
  effectiveAt: Instant,
  receivedAt: Instant,
  recordedAt: Instant,
  source: z.string(),
  device: z.string().nullable(),
  quality: QualitySchema,
  qualityReasons: z.array(z.string()).optional(),
  original: z.object({ value: z.number(), unit: z.string() }).optional().describe('as sent, where that differs'),
  supersededBy: z.string().optional().describe('id of the version that replaced it'),
  withdrawn: z.literal(true).optional().describe('this version withdraws the value'),
});
export const MeasurementListSchema = listOf(MeasurementSchema);
export const MeasurementsQuery = z.strictObject({
  ...PageQuery,
  code: z.string().max(64).optional().describe('name in the catalogue, LOINC or MDC code'),
  from: Instant.optional().describe('inclusive'),
  to: Instant.optional().describe('exclusive'),
  'known-at': Instant.optional(),
});

// --- thresholds and rules

export const ThresholdSchema = z.object({
  rule: z.string(),
  limits: z.record(z.string(), z.number()).nullable().describe('null: the default limits are in force'),
  author: z.string(),
  reason: z.string(),
  setAt: Instant,
  expiresAt: Instant.optional(),
  version: z.number().int(),
});
export const ThresholdListSchema = listOf(
  ThresholdSchema.extend({
    layer: z.enum(['tenant', 'patient']).describe("the patient's limits count before the tenant's, limit by limit"),
  }),
);
export const PutThresholdsRequest = z.strictObject({
  thresholds: z
    .array(
      z.strictObject({
        rule: RuleId,
        limits: z
          .record(z.string().max(64), z.number())
          .nullable()
          .describe('in the canonical unit of the measure; null restores the default'),
        reason: Note.min(1, 'must say why'),
        expiresAt: Instant.optional(),
      }),
    )
    .min(1)
    .max(100),
});
const LimitsByName = z.record(z.string(), z.number());
export const RuleListSchema = listOf(
  z.object({
    id: z.string(),
    version: z.string().describe('semantic version'),
    title: z.string(),
    pack: z.string().describe('the condition it belongs to'),
    severity: z.enum(SEVERITIES).describe('the highest it reaches'),
    category: z.enum(['physiological', 'technical']),
    inputs: z.array(z.string()).describe('catalogue names of the measures'),
    quality: z.string(),
    freshness: z.string(),
    limits: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        unit: z.string(),
        default: z.number(),
        min: z.number(),
        max: z.number(),
        patientOnly: z.literal(true).optional().describe('a tenant cannot set it'),
      }),
    ),
    byAge: z.array(z.object({ underYears: z.number(), limits: LimitsByName })).optional(),
    persistence: z.string(),
    hysteresis: z.string(),
    clears: z.string(),
    population: z.string(),
    refuses: z.object({ underYears: z.number().optional(), pregnancy: z.literal(true).optional() }).optional(),
    policy: z.object({
      refractorySeconds: z.number(),
      escalateAfterSeconds: z.number().nullable(),
      latching: z.boolean(),
      group: z.string().nullable(),
      foresees: z.literal(true).optional().describe('a forecast: it does not silence what it foresees'),
    }),
    shadowOf: z.string().optional().describe('runs in shadow beside this live rule: found and listed, told to nobody'),
    page: z.string().describe('evidence'),
  }),
);

// --- webhooks

const FilterSeverity = z.enum(SEVERITIES);
const FilterPatient = z.string().regex(/^(Patient\/)?[A-Za-z0-9\-.]{1,64}$/, 'must be a FHIR id or Patient/{id}');
const FilterSchema = z.strictObject({
  severity: z.array(FilterSeverity).min(1).max(3).optional(),
  rules: z.array(RuleId).min(1).max(100).optional(),
  patients: z.array(FilterPatient).min(1).max(1000).optional(),
  category: z.enum(['physiological', 'technical']).optional().describe('of the patient, or of the equipment'),
});
/** A filter as asked for: a single value may stand for a list of one. */
const AskedFilterSchema = z.strictObject({
  severity: z.union([FilterSchema.shape.severity.unwrap(), FilterSeverity]).optional(),
  rules: z.union([FilterSchema.shape.rules.unwrap(), RuleId]).optional(),
  patients: z.union([FilterSchema.shape.patients.unwrap(), FilterPatient]).optional(),
  category: FilterSchema.shape.category,
});
const Url = z.string().max(2_048);
export const CreateWebhookRequest = z.strictObject({
  url: Url,
  filter: AskedFilterSchema.optional().describe('an absent list means all'),
  description: Note.max(200).optional(),
});
export const PatchWebhookRequest = z.strictObject({
  url: Url.optional(),
  filter: AskedFilterSchema.optional(),
  description: Note.max(200).nullable().optional(),
  status: z.enum(['active', 'disabled']).optional(),
});
export const WebhookSchema = z.object({
  id: z.uuid(),
  url: z.string(),
  filter: FilterSchema,
  description: z.string().optional(),
  status: z.enum(['active', 'disabled']),
  statusReason: z.string().optional(),
  createdAt: Instant,
});
export const CreatedWebhookSchema = WebhookSchema.extend({ secret: z.string().describe('whsec_…, shown once') });
export const WebhookListSchema = listOf(WebhookSchema);
export const WebhooksQuery = z.strictObject(PageQuery);
export const DeliverySchema = z.object({
  message: z.uuid().describe('the webhook-id'),
  type: z.string(),
  episode: z.string().optional(),
  status: z.enum(['pending', 'delivered', 'parked']),
  attempts: z.array(
    z.object({
      attempt: z.number().int(),
      at: Instant,
      milliseconds: z.number(),
      status: z.number().int().optional(),
      error: z.string().optional(),
    }),
  ),
  createdAt: Instant,
  nextAttemptAt: Instant.optional(),
  finishedAt: Instant.optional(),
});
export const DeliveryListSchema = listOf(DeliverySchema);
export const DeliveriesQuery = z.strictObject({
  ...PageQuery,
  status: z.enum(['pending', 'delivered', 'parked']).optional(),
});
export const ReplayRequest = z.strictObject({
  from: Instant.optional(),
  to: Instant.optional(),
  status: z.enum(['parked', 'delivered']).optional(),
});
export const ReplayAnswerSchema = z.object({ queued: z.number().int() });

// --- dead letters

export const DeadLetterSchema = z.object({
  id: z.uuid(),
  group: z.string(),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  reason: z.string(),
  at: Instant,
  replayedAt: Instant.optional(),
});
export const DeadLetterListSchema = listOf(DeadLetterSchema);
export const DeadLettersQuery = z.strictObject(PageQuery);

export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
});
