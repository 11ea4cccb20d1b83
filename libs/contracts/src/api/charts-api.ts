import { z } from 'zod';
import { SEVERITIES, TRANSITIONS } from '../alerts.js';
import { Coding, ComparatorSchema, Instant, listOf, PageQuery, QualitySchema } from './api-values.js';

const Code = z.string().max(64).describe('name in the catalogue, LOINC or MDC code');
const KnownAt = Instant.optional().describe('what was known then; absent: now');
const UsualStep = z
  .number()
  .nullable()
  .describe('how far apart values usually are, s; null: not known, and then no gap is said either');

export const MeasureListSchema = listOf(
  z.object({
    code: z.string().describe('name in the catalogue'),
    title: z.string(),
    unit: z.string().describe('UCUM'),
    group: z.enum(['vital', 'glucose', 'therapy', 'wave', 'other']).describe('wave: series of values, read by `waves`'),
    freshSeconds: z.number().nullable().describe('older than this a value is stale; null: never'),
    usualStepSeconds: UsualStep.describe('of most senders; null: it depends on the sender, and a series says it'),
    target: z
      .object({ low: z.number(), high: z.number() })
      .nullable()
      .describe('target range of adults, not of a person: see the limits of the patient'),
    coding: Coding,
  }),
);

/** Highest `points` of a series: as many as the widest screens have pixels. */
const MAX_POINTS = 5_000;
export const SeriesQuery = z.strictObject({
  code: Code,
  from: Instant.describe('inclusive'),
  to: Instant.describe('exclusive; at most 92 days after `from`'),
  points: z.coerce
    .number()
    .int()
    .min(10, 'must be 10 or more')
    .max(MAX_POINTS, `must be at most ${MAX_POINTS}`)
    .default(1_000)
    .describe('maximum number of points'),
  'known-at': KnownAt,
});
export const GapSchema = z.object({
  from: Instant.describe('of the last value before it'),
  to: Instant.describe('of the first value after it'),
});
export const SeriesSchema = z.object({
  patient: z.string(),
  code: z.string(),
  title: z.string(),
  unit: z.string(),
  from: Instant,
  to: Instant,
  knownAt: Instant.describe('the answer holds what was known then'),
  usualStepSeconds: UsualStep,
  rule: z
    .enum(['all', 'extremes'])
    .describe(
      'all: every value; extremes: of each bucket the first, last, lowest and highest measured value, and the lowest and highest of good quality. Never an average',
    ),
  bucketSeconds: z
    .number()
    .nullable()
    .describe('width of a bucket, the first beginning at `from`; null where all values are shown'),
  count: z.int().describe('values there are, shown or not'),
  points: z.array(
    z.object({
      at: Instant,
      value: z.number(),
      comparator: ComparatorSchema.optional(),
      quality: QualitySchema,
      qualityReasons: z.array(z.string()).optional().describe('why it is not good'),
      source: z.string(),
    }),
  ),
  gaps: z
    .array(GapSchema)
    .describe('longer than three usual steps without a value; between two points that are shown only the longest'),
});

export const WavesQuery = z.strictObject({
  code: Code.describe('of a measure of the group `wave`'),
  from: Instant.describe('inclusive'),
  to: Instant.describe('exclusive; at most 60 s after `from`'),
  'known-at': KnownAt,
});
export const WavesSchema = z.object({
  patient: z.string(),
  knownAt: Instant,
  items: z
    .array(
      z.object({
        code: z.string(),
        channel: z.string().optional(),
        effectiveAt: Instant.describe('of the start of its first value; it may be before `from`'),
        periodMs: z.number().nullable().describe('null: the values are successive intervals'),
        unit: z.string(),
        values: z.array(z.number()),
        quality: QualitySchema,
        source: z.string(),
      }),
    )
    .describe('those that last into the time, each as it was sent'),
});

export const TimelineQuery = z.strictObject({
  ...PageQuery,
  from: Instant.describe('inclusive'),
  to: Instant.describe('exclusive; at most 92 days after `from`'),
  'known-at': KnownAt,
});
export const TimelineSchema = listOf(
  z.object({
    id: z.string().describe('the same whenever it is asked'),
    at: Instant,
    kind: z
      .enum(['alert', 'act', 'threshold', 'monitoring'])
      .describe(
        'alert: a transition; act: what a person did to an alert; threshold: a limit set, of the patient or of all',
      ),
    title: z.string(),
    severity: z.enum(SEVERITIES).optional(),
    alert: z.string().optional().describe('id of the alert'),
    rule: z.string().optional(),
    code: z.string().optional().describe('the measure, where it is about one'),
    transition: z.enum(TRANSITIONS).optional(),
    summary: z.string().optional(),
    effectiveAt: Instant.optional().describe('of an alert: when its condition became true'),
    author: z.string().optional().describe('the person named by the act, else the client'),
    reason: z.string().optional(),
    useful: z.boolean().optional().describe('of an acknowledgement'),
    owner: z.enum(['tenant', 'patient']).optional().describe('of a limit'),
    limits: z.record(z.string(), z.number()).nullable().optional().describe('null: the default was restored'),
    state: z.enum(['on', 'off']).optional().describe('of monitoring'),
    until: Instant.optional().describe('when a snooze, a limit or monitoring off ends'),
  }),
);

export const LimitsQuery = z.strictObject({ 'known-at': KnownAt });
export const LimitsSchema = z.object({
  patient: z.string(),
  knownAt: Instant,
  items: z
    .array(
      z.object({
        code: z.string(),
        rule: z.string(),
        title: z.string(),
        limit: z.string().describe('name of the limit, as `PUT …/thresholds` takes it'),
        direction: z.enum(['low', 'high']),
        value: z.number(),
        min: z.number().describe('lowest value that can be set'),
        max: z.number(),
        unit: z.string(),
        severity: z.enum(SEVERITIES),
        owner: z.enum(['default', 'tenant', 'patient']),
        author: z.string().optional().describe('who set it, where it is no default'),
        reason: z.string().optional(),
        expiresAt: Instant.optional(),
        version: z
          .int()
          .describe(
            'of what was set for the patient of this rule, with which `PATCH …/thresholds` is asked; 0: nothing',
          ),
      }),
    )
    .describe('of all rules with limits on one measure, by the age of the person'),
  refused: z
    .array(z.object({ rule: z.string(), reason: z.enum(['under-age', 'pregnant']) }))
    .describe('rules that do not evaluate this person, so that they have no limits'),
  targets: z
    .array(z.object({ code: z.string(), low: z.number(), high: z.number(), unit: z.string(), pregnancy: z.boolean() }))
    .describe('target ranges of this person'),
});
