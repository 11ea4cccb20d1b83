import { z } from 'zod';
import { SEVERITIES } from '../alerts.js';
import { Instant, PersonReference, Reason, RuleId, listOf } from './api-values.js';

export const ThresholdSchema = z.object({
  rule: z.string(),
  limits: z.record(z.string(), z.number()).nullable().describe('null: the default limits are in force'),
  author: z.string().describe('the person, or the client'),
  reason: z.string(),
  setAt: Instant,
  expiresAt: Instant.optional(),
  version: z.number().int(),
  kept: z
    .record(z.string(), z.object({ author: z.string(), reason: z.string(), expiresAt: Instant.optional() }))
    .optional()
    .describe('of the limits, those that were set before and stayed when the others were: whose they are'),
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
        reason: Reason,
        expiresAt: Instant.optional(),
      }),
    )
    .min(1)
    .max(100),
  onBehalfOf: PersonReference.optional(),
});

export const PatchThresholdsRequest = z.strictObject({
  thresholds: z
    .array(
      z.strictObject({
        rule: RuleId,
        limits: z
          .record(z.string().max(64), z.number())
          .describe("in the canonical unit of the measure; the rule's other limits of the patient stay as they are"),
        reason: Reason,
        expiresAt: Instant.optional().describe('of these limits alone'),
        version: z
          .int()
          .min(0)
          .optional()
          .describe(
            'of the limits of the rule that were seen (0: none were set): 409 `thresholds-changed` when somebody has set others since; absent: not checked',
          ),
      }),
    )
    .min(1)
    .max(100),
  onBehalfOf: PersonReference.optional(),
});

export const PutMonitoringRequest = z.strictObject({
  state: z.enum(['on', 'off']).describe('off: alerts are suppressed and listed, measurements are still stored'),
  rules: z.array(RuleId).min(1).max(100).optional().describe('off for these rules only; absent: for all'),
  until: Instant.optional().describe('on again by itself at this time'),
  reason: Reason,
  onBehalfOf: PersonReference.optional(),
});
export const MonitoringSchema = z.object({
  state: z.enum(['on', 'off']),
  rules: z.array(z.string()).optional().describe('the rules that are off; absent: all, or none when it is on'),
  since: Instant.optional().describe('since when it is so; absent: it never was otherwise'),
  until: Instant.optional(),
  reason: z.string().optional(),
  cause: z
    .enum(['set', 'deceased', 'discharged'])
    .optional()
    .describe('a person set it, or what the record says of the patient switched it off'),
  author: z.string().optional().describe('the client that set it'),
  onBehalfOf: z.string().optional(),
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
    refuses: z
      .object({
        underYears: z.number().optional(),
        underDays: z.number().optional(),
        pregnancy: z.literal(true).optional(),
      })
      .optional(),
    policy: z.object({
      refractorySeconds: z.number(),
      escalateAfterSeconds: z.number().nullable(),
      latching: z.boolean(),
      group: z.string().nullable(),
      foresees: z.literal(true).optional().describe('a forecast: it does not suppress what it predicts'),
    }),
    further: z
      .object({ step: z.number(), unit: z.string(), why: z.string().describe('where the step comes from') })
      .optional()
      .describe(
        'a step beyond what was acknowledged or snoozed that pages at the same severity; without it only a higher severity does',
      ),
    shadowOf: z
      .string()
      .optional()
      .describe('runs in shadow beside this live rule: detected and listed, never emitted'),
    page: z.string().describe('evidence'),
  }),
);
