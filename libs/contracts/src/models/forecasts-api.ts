import { z } from 'zod';
import { FhirId, Instant, listOf, PageQuery } from '../api/api-values.js';

const Quantiles = z
  .object({
    '0.025': z.number(),
    '0.1': z.number(),
    '0.25': z.number(),
    '0.5': z.number(),
    '0.75': z.number(),
    '0.9': z.number(),
    '0.975': z.number(),
  })
  .describe('by level; of one distribution with the mean');
const Baselines = z
  .object({ persistence: z.number(), 'population-mean': z.number() })
  .describe('what forecasts without a model say: the newest value goes on; the mean of other people');
const Code = z.string().max(64).describe('name in the catalogue, LOINC or MDC code');
const ModelRef = z.object({
  id: z.string(),
  version: z.string(),
  status: z.enum(['active', 'demoted']).describe('demoted: for this person persistence is shown in its place'),
});

export const ForecastSchema = z.object({
  id: z.string(),
  patient: z.string(),
  code: z.string().describe('name in the catalogue'),
  unit: z.string(),
  model: ModelRef,
  issuedAt: Instant.describe('effective time of the newest measurement of the output that was used'),
  dataUntil: Instant.describe('of the newest data used; later doses count as planned'),
  recordedAt: Instant,
  points: z.array(
    z.object({
      minutes: z.number().int(),
      effectiveAt: Instant,
      mean: z.number(),
      quantiles: Quantiles,
      baselines: Baselines,
    }),
  ),
  inputs: z.array(z.object({ code: z.string(), count: z.number().int(), newest: Instant })),
  parameters: z.enum(['population', 'personal']),
  explanation: z.string(),
});
export const ForecastListSchema = z.object({
  disclaimer: z.string(),
  items: z.array(ForecastSchema).describe('the newest of each measure'),
  refused: z
    .array(z.object({ code: z.string(), model: z.string(), reason: z.string(), message: z.string() }))
    .describe('measures without a forecast at the asked time, and why'),
});
export const ForecastsQuery = z.strictObject({
  code: Code.optional(),
  at: Instant.optional().describe('default: now'),
  'known-at': Instant.optional(),
});

export const ForecastPairSchema = z.object({
  forecast: z.string().describe('id of the forecast'),
  code: z.string(),
  model: ModelRef,
  minutes: z.number().int(),
  issuedAt: Instant,
  recordedAt: Instant,
  effectiveAt: Instant,
  mean: z.number().describe('as the model said it, also while it is demoted'),
  quantiles: Quantiles,
  baselines: Baselines,
  actual: z
    .number()
    .nullable()
    .describe('the measurement nearest to `effectiveAt`, in the version valid now or at `known-at`'),
  actualAt: Instant.nullable(),
  actualVersion: z.number().int().nullable().describe('version of that measurement; 1: as it first came'),
  error: z.number().nullable().describe('mean − actual'),
  inside80: z.boolean().nullable(),
  inside95: z.boolean().nullable(),
  scored: z
    .boolean()
    .describe('counts in `/v1/forecast-scores`: of forecasts that follow each other closely one in some minutes does'),
  unscored: z
    .enum(['pending', 'no-measurement'])
    .optional()
    .describe('pending: its time has not come, or may still be measured; no-measurement: none within the tolerance'),
});
export const ForecastPairListSchema = listOf(ForecastPairSchema).extend({ disclaimer: z.string() });
export const ForecastHistoryQuery = z.strictObject({
  ...PageQuery,
  code: Code,
  model: z.string().max(64).optional(),
  minutes: z.coerce.number().int().min(1).max(1440).optional().describe('one horizon'),
  from: Instant.optional().describe('of `issuedAt`, inclusive; default: 24 h before `to`'),
  to: Instant.optional().describe('exclusive; default: now'),
  'known-at': Instant.optional(),
});

export const ModelStatusSchema = z.object({
  patient: z.string(),
  code: z.string().describe('name in the catalogue'),
  model: z.string(),
  status: z.enum(['active', 'demoted']).describe('what it became for this person and measure'),
  reason: z.string(),
  skill: z
    .number()
    .describe('over 7 days against persistence: 1 − RMSE / RMSE of persistence; −1 where persistence had no error'),
  n: z.number().int().describe('pairs that the skill is of'),
  recordedAt: Instant,
  newest: z.boolean().describe('nothing newer was said of this model for this person and measure'),
});
export const ModelStatusListSchema = listOf(ModelStatusSchema).extend({ disclaimer: z.string() });
export const ModelStatusesQuery = z.strictObject({
  ...PageQuery,
  patient: FhirId.optional(),
  model: z.string().max(64).optional(),
  code: Code.optional(),
  status: z.enum(['active', 'demoted']).optional(),
  newest: z.enum(['true']).optional().describe('only what holds now'),
});

const Share = z.number().min(0).max(1);
const Zones = z.object({ A: z.int(), B: z.int(), C: z.int(), D: z.int(), E: z.int() }).describe('pairs in each zone');
const Score = z.number().nullable().describe('null without pairs');
export const ForecastScoreSchema = z.object({
  group: z.string().describe('of `by`; `all` without it; `other`: groups of fewer than 11 people together'),
  code: z.string(),
  model: z.string(),
  minutes: z.number().int(),
  n: z.number().int().describe('pairs'),
  unscored: z.number().int().describe('points that are due and have no measurement'),
  rmse: Score,
  mae: Score,
  bias: Score.describe('mean of forecast − actual'),
  crps: Score,
  coverage: z.object({ '0.5': Share, '0.8': Share, '0.95': Share }).nullable(),
  skill: z
    .object({ persistence: z.number().nullable(), 'population-mean': z.number().nullable() })
    .nullable()
    .describe('1 − RMSE / RMSE of the baseline on the same pairs'),
  zones: z.object({ clarke: Zones, parkes: Zones }).optional().describe('of glucose'),
});
export const ForecastScoreListSchema = z.object({ disclaimer: z.string(), items: z.array(ForecastScoreSchema) });
export const ForecastScoresQuery = z.strictObject({
  code: Code.optional(),
  model: z.string().max(64).optional(),
  minutes: z.coerce.number().int().min(1).max(1440).optional(),
  patient: FhirId.optional(),
  from: Instant.optional().describe('of the forecasts, to the block of the ledger; default: 7 days before `to`'),
  to: Instant.optional().describe('default: now'),
  by: z.enum(['patient', 'age-band', 'sex', 'model']).optional(),
});
