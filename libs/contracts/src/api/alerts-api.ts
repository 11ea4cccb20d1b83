import { z } from 'zod';
import { ALERT_REASONS, ALERT_STATUSES, SEVERITIES, TRANSITIONS } from '../alerts.js';
import {
  ComparatorSchema,
  FhirId,
  Instant,
  listOf,
  Note,
  PageQuery,
  PersonReference,
  QualitySchema,
} from './api-values.js';

export const EvidenceSchema = z.object({
  id: z.string().describe('id of the measurement'),
  code: z.string(),
  value: z.number(),
  comparator: ComparatorSchema.optional(),
  unit: z.string(),
  effectiveAt: Instant,
  source: z.string(),
  quality: QualitySchema,
  qualityReasons: z.array(z.string()).optional().describe('why it is not good'),
  ageSeconds: z.number().describe('how old it was when the condition was met; 0 for what came after'),
});

/** The alert as webhooks, SSE and REST show it; the type is `Alert`. */
export const AlertSchema = z.object({
  id: z.string(),
  episode: z.string(),
  sequence: z.int().describe('rises with each transition of the episode'),
  patient: z.string(),
  rule: z.object({ id: z.string(), version: z.string(), title: z.string() }),
  category: z.enum(['physiological', 'technical']).describe('of the patient or of the equipment (IEC 60601-1-8)'),
  severity: z.enum(SEVERITIES).describe('IEC 60601-1-8 priority'),
  status: z.enum(ALERT_STATUSES),
  transition: z.enum(TRANSITIONS),
  reason: z.enum(ALERT_REASONS).optional().describe('why the transition happened, where its name does not say it'),
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
  recurring: z
    .object({ count: z.int().describe('episodes so far'), since: Instant.describe('when the first of them began') })
    .optional()
    .describe('the condition keeps coming back within the refractory time; counted without further pages'),
  acknowledgedBy: z.string().optional().describe('the person named by the act, else the client'),
  onBehalfOf: z.string().optional().describe('of the newest act on it: the person it names'),
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
      alert: AlertSchema.describe('the alert as it was emitted then'),
    }),
  ),
});
export const AlertListSchema = listOf(AlertSchema).extend({
  total: z.int().optional().describe('of `inbox` and `ended`: how many alerts the filter takes, on all pages'),
});
export const AlertsQuery = z.strictObject({
  ...PageQuery,
  patient: FhirId.optional(),
  status: z.enum(ALERT_STATUSES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  sort: z
    .enum(['newest', 'inbox', 'ended'])
    .default('newest')
    .describe(
      'inbox: what has not ended, open, then acknowledged, then snoozed; high to low; the longest waiting first. ended: what has ended, the ' +
        'newest first. Both with `total`, and without the alerts of patients who were deleted or merged into another',
    ),
});

const ONE_REASON = { path: ['note'], error: 'give `reason` or `note`, not both' };
function hasOneReason(act: { readonly reason?: string | undefined; readonly note?: string | undefined }): boolean {
  return act.reason === undefined || act.note === undefined;
}

/** What every act on an alert may say. */
const ActMembers = {
  sequence: z
    .int()
    .min(1)
    .optional()
    .describe('newest sequence of the alert that was seen; refused with 409 when its severity has risen since'),
  onBehalfOf: PersonReference.optional(),
  reason: Note.optional(),
  note: Note.optional().describe('the same as `reason`, of which one may be given'),
  useful: z.boolean().optional().describe('whether the alert was worth the interruption'),
};

export const AcknowledgeRequest = z.strictObject(ActMembers).refine(hasOneReason, ONE_REASON);
export const SnoozeRequest = z
  .strictObject({ ...ActMembers, until: Instant.describe('at most 24 hours ahead') })
  .refine(hasOneReason, ONE_REASON);
export const ResolveRequest = z.strictObject(ActMembers).refine(hasOneReason, ONE_REASON);

export const ActAnswerSchema = z.object({
  act: z.uuid().describe('id of the act, as the audit and the log know it'),
  status: z.literal('accepted').describe('it is durable; the engine applies it in the order of the log'),
  sequence: z.int().optional().describe('of an act on an alert: the sequence that it meets'),
  onBehalfOf: z.string().optional().describe('the person behind the act, where one is named'),
});
