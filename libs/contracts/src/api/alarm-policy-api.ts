import { z } from 'zod';
import { SEVERITIES } from '../alerts.js';
import { FhirId, Instant, listOf, PageQuery, RuleId } from './api-values.js';

const Reason = z.enum(['same-cause', 'refractory', 'shadow']);

export const SuppressionsQuery = z.strictObject({
  ...PageQuery,
  patient: FhirId.optional(),
  rule: RuleId.optional(),
  reason: Reason.optional(),
  by: z.guid().optional().describe('id of the alert that they were folded into, or came too soon after'),
  from: Instant.optional().describe('inclusive'),
  to: Instant.optional().describe('exclusive'),
});
export const SuppressionSchema = z.object({
  id: z.string(),
  patient: z.string(),
  episode: z.string().describe('id the alert would have, and has if it is emitted later'),
  rule: z.object({ id: z.string(), version: z.string() }),
  severity: z.enum(SEVERITIES),
  reason: Reason,
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
  alerts: z.int().describe('episodes emitted as raised, by the time they were emitted'),
  bySeverity: z.object({ high: z.int(), medium: z.int(), low: z.int() }).describe('highest severity emitted'),
  suppressed: z.int().describe('suppressed alerts, without those of rules in shadow'),
  perPatientDay: z.number().nullable().describe('alerts by patient-day; null without patient-days'),
  acknowledged: z.int(),
  escalated: z.int().describe('escalated because they were not acknowledged, or because they got worse'),
  useful: z.int(),
  notUseful: z.int(),
  precision: z.number().nullable().describe('useful by all that were judged; null when none was'),
  secondsToAcknowledge: z
    .object({ median: z.number(), p90: z.number() })
    .nullable()
    .describe('from the first notification to the first acknowledgement, of those that were acknowledged'),
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
        rule: z.string().describe('the rule that runs in shadow and emits nothing'),
        of: z.string().describe('the live rule it is compared with'),
        found: z.int().describe('episodes it found, by the time they became known'),
        liveFound: z.int().describe('episodes of the live rule, emitted or suppressed'),
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
