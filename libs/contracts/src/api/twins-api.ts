import { z } from 'zod';
import { AlertSchema } from './alerts-api.js';
import { Coding, ComparatorSchema, Instant, PageQuery, QualitySchema, listOf } from './api-values.js';
import { MonitoringSchema } from './limits-api.js';

export const MeasureViewSchema = z.object({
  value: z.number(),
  comparator: ComparatorSchema.optional(),
  unit: z.string(),
  effectiveAt: Instant,
  receivedAt: Instant.optional(),
  recordedAt: Instant.optional(),
  source: z.string(),
  quality: QualitySchema,
  stale: z.boolean().describe('too old to represent the current state'),
  coding: Coding.optional(),
});
export const DerivedViewSchema = z.object({
  title: z.string(),
  unit: z.string(),
  of: z.array(z.string()).describe('names of the measures it follows from'),
  effectiveAt: Instant.describe('of the newest value it rests on'),
  value: z.number().optional(),
  parts: z.record(z.string(), z.number()).optional().describe('what else is worth knowing, such as the expected value'),
  missing: z
    .array(z.string())
    .optional()
    .describe('of a score: names of the measures of which it has no value; each could only raise it'),
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
    .array(z.object({ rule: z.string(), reason: z.enum(['under-age', 'pregnant', 'warming-up']) }))
    .optional()
    .describe('rules that do not judge this person, and why; of the twin as it is now'),
  monitoring: MonitoringSchema.optional().describe('whether alerts are emitted; of the twin as it is now'),
  alerts: z.array(AlertSchema).describe('open episodes'),
});
export const TwinQuery = z.strictObject({ at: Instant.optional(), 'known-at': Instant.optional() });

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
        readings: z.int().describe('without copies'),
        days: z.number().describe('from the first to the last reading'),
        activePercent: z.number().describe('% of these days for which readings speak'),
        mean: z.number().describe('mg/dL'),
        sd: z.number().describe('mg/dL'),
        cvPercent: z.number(),
        gmiPercent: z.number(),
        inRangePercent: Percent,
        below54Percent: Percent,
        belowRangePercent: Percent.describe('% of the time measured under the target range'),
        aboveRangePercent: Percent.describe('% of the time measured over the target range'),
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
  comparator: ComparatorSchema.optional(),
  values: z.array(z.number()).optional().describe('a series in place of a value'),
  periodMs: z.number().optional(),
  channel: z.string().optional(),
  unit: z.string(),
  effectiveAt: Instant,
  receivedAt: Instant,
  recordedAt: Instant,
  source: z.string(),
  device: z.string().nullable(),
  quality: QualitySchema.describe(
    'as the signal checks judge it together with adjacent values; with known-at, as they did then',
  ),
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
  format: z
    .enum(['json', 'csv'])
    .optional()
    .describe(
      'csv, as `Accept: text/csv`: every value known at `known-at` (else now), with the header effectiveAt,code,value,unit,source,quality; of waves the values from `from` to `to`, also where the wave began before; `limit` does not count',
    ),
});
