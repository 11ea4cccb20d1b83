import { z } from 'zod';
import { SEVERITIES } from '../alerts.js';
import { Instant, ListQuery, Note, PageQuery, RuleId, listOf } from './api-values.js';

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
/** A week: long enough for a change that needs an appointment. */
const MAX_OVERLAP_SECONDS = 7 * 86_400;
export const RotateSecretRequest = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0, 'must be 0 (the old secret ends at once) or more')
    .max(MAX_OVERLAP_SECONDS, `must be at most ${MAX_OVERLAP_SECONDS} (a week)`)
    .default(86_400)
    .describe('how long the secret replaced still signs beside the new one; 0 ends every earlier one at once'),
});
export const RotatedSecretSchema = CreatedWebhookSchema.extend({
  previousUntil: Instant.optional().describe('until when the secret replaced signs, too'),
});
export const WebhookListSchema = listOf(WebhookSchema);
export const WebhooksQuery = ListQuery;
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
export const DeliveryReplayAnswerSchema = z.object({
  message: z.uuid().describe('the webhook-id, the same as before'),
  status: z.literal('pending').describe('it is sent again; the deliveries show what comes of it'),
});
export const ReplayAnswerSchema = z.object({ queued: z.number().int() });
