import { z } from 'zod';
import { FhirId, Instant, listOf, PageQuery } from '../api/api-values.js';

/** What a scenario can change: catalogue names. */
export const CHANGEABLE = ['insulin-bolus', 'carbohydrate-intake', 'insulin-basal-rate', 'exercise-intensity'] as const;
export type Changeable = (typeof CHANGEABLE)[number];

/** Why a model does not answer. */
const ModelReason = z.enum([
  'no-data',
  'stale-data',
  'too-little-data',
  'outside-population',
  'outside-domain',
  'missing-input',
]);

const Value = z.number().min(0, 'must not be negative');
const Unit = z.string().min(1).max(64).describe('UCUM');
const window = {
  from: Instant.optional().describe('inclusive; absent: the beginning of the branch'),
  until: Instant.optional().describe('exclusive; absent: the end of the branch'),
};

export const ChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['insulin-bolus', 'carbohydrate-intake']), at: Instant, value: Value, unit: Unit }),
  z.strictObject({
    kind: z.enum(['insulin-basal-rate', 'exercise-intensity']),
    at: Instant.describe('inclusive'),
    until: Instant.describe('exclusive'),
    value: Value.describe('in place of what was recorded or stated before'),
    unit: Unit,
  }),
  z.strictObject({
    kind: z.literal('scale'),
    of: z.enum(CHANGEABLE),
    by: z.number().min(0).max(10).describe('factor: 0.7 is 30 % less'),
    ...window,
  }),
  z.strictObject({ kind: z.literal('remove'), of: z.enum(CHANGEABLE), ...window }),
  z.strictObject({
    kind: z.literal('shift'),
    of: z.enum(CHANGEABLE),
    byMinutes: z.number().min(-1440).max(1440).describe('later where positive'),
    ...window,
  }),
]);
export type Change = z.output<typeof ChangeSchema>;

const asked = {
  model: z.string().min(1).max(64).default('personal-glucose').describe('id of a model that simulates'),
  from: Instant.optional().describe('beginning of the branch, not in the future; absent: now, or `knownAt`'),
  knownAt: Instant.optional().describe('what was known then; absent: everything known now'),
  minutes: z.int().min(1).max(1440),
  stepMinutes: z
    .int()
    .min(1)
    .max(60)
    .optional()
    .describe('not above `minutes`; absent: 5, or `minutes` where those are fewer'),
  draws: z.int().min(1).max(1000).default(100),
  seed: z.int().min(0).max(4_294_967_295).optional().describe('absent: 1'),
  arms: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .max(64)
          .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters'),
        changes: z.array(ChangeSchema).max(100).default([]).describe('applied in this order'),
      }),
    )
    .min(1)
    .max(20),
};
export const ScenarioRequest = z.strictObject(asked);
export type ScenarioAsked = z.output<typeof ScenarioRequest>;

export const MAX_BATCH_PATIENTS = 500;
export const ScenarioBatchRequest = z.strictObject({
  patients: z.array(FhirId).min(1).max(MAX_BATCH_PATIENTS),
  ...asked,
});
export type ScenarioBatchAsked = z.output<typeof ScenarioBatchRequest>;

const MgPerDl = z.number().describe('mg/dL');
const Share = z.number().min(0).max(1).describe('0 to 1');
const QuantilesSchema = z
  .record(z.enum(['0.025', '0.1', '0.25', '0.5', '0.75', '0.9', '0.975']), MgPerDl)
  .describe('by level');
const SummarySchema = z.object({
  mean: MgPerDl.describe('of all draws and times'),
  minimum: MgPerDl.describe('of the mean path'),
  minimumAt: Instant,
  maximum: MgPerDl.describe('of the mean path'),
  maximumAt: Instant,
  shareBelow54: Share.describe('of time, in the mean of the draws'),
  shareBelow70: Share.describe('of time'),
  shareInRange: Share.describe('of time from 70 to 180 mg/dL'),
  shareAbove180: Share.describe('of time'),
  shareAbove250: Share.describe('of time'),
  probabilityBelow54: Share.describe('of draws that are ever below 54 mg/dL'),
  probabilityBelow70: Share.describe('of draws that are ever below 70 mg/dL'),
  insulin: z.number().describe('[IU] within the branch, boluses and basal'),
  carbohydrates: z.number().describe('g within the branch'),
});
const DifferenceSummarySchema = z.object({
  mean: MgPerDl,
  interval95: z.array(MgPerDl).length(2),
  minimum: MgPerDl.describe('of the minima of the mean paths'),
  maximum: MgPerDl.describe('of the maxima of the mean paths'),
  shareBelow54: z.number(),
  shareBelow70: z.number(),
  shareAbove180: z.number(),
});
export const ScenarioSchema = z.object({
  id: z.string(),
  patient: z.string(),
  model: z.object({ id: z.string(), version: z.string() }),
  parameters: z
    .object({
      source: z.enum(['population', 'personal']),
      version: z.int().optional(),
      fittedAt: Instant.optional(),
    })
    .describe('what the model knew of the person'),
  from: Instant,
  knownAt: Instant,
  seed: z.int(),
  stepMinutes: z.int(),
  minutes: z.int(),
  draws: z.int(),
  unit: z.literal('mg/dL'),
  arms: z.array(
    z.object({
      name: z.string(),
      points: z.array(
        z.object({ minutes: z.number(), effectiveAt: Instant, mean: MgPerDl, quantiles: QuantilesSchema }),
      ),
      summary: SummarySchema,
    }),
  ),
  differences: z
    .array(
      z.object({
        arm: z.string(),
        against: z.string(),
        points: z.array(z.object({ minutes: z.number(), mean: MgPerDl, interval95: z.array(MgPerDl).length(2) })),
        summary: DifferenceSummarySchema,
      }),
    )
    .describe('arm − against, draw by draw with the same random numbers; against the first arm'),
  inputs: z.array(z.object({ code: z.string(), count: z.int(), newest: Instant })).describe('recorded, and used'),
  assumptions: z.array(z.string()),
  warnings: z.array(z.string()),
  disclaimer: z.string(),
});
export type Scenario = z.input<typeof ScenarioSchema>;

export const ScenariosQuery = z.strictObject(PageQuery);
export const ScenarioListSchema = listOf(
  z.object({
    id: z.string().describe('of `GET /v1/scenarios/{id}`'),
    askedAt: Instant,
    askedBy: z.string().describe('the client, or the account of the person'),
    model: z.object({ id: z.string(), version: z.string() }),
    from: Instant,
    knownAt: Instant,
    minutes: z.int(),
    arms: z.array(z.string()).describe('their names'),
  }),
);

export const RefusedSchema = z.object({ reason: ModelReason, message: z.string() });
export type Refused = z.output<typeof RefusedSchema>;

export const JobSchema = z.object({
  id: z.string(),
  url: z.string().describe('where it is asked for'),
  status: z.enum(['waiting', 'running', 'completed', 'failed']),
});
export const ScenarioBatchSchema = JobSchema.extend({
  items: z
    .array(
      z.object({
        patient: z.string(),
        scenario: ScenarioSchema.partial()
          .optional()
          .describe('points are left out of batches with more than 20,000 of them; each scenario is at its id'),
        refused: RefusedSchema.optional(),
      }),
    )
    .optional()
    .describe('in the order of `patients`; present once completed'),
});
export type ScenarioBatch = z.input<typeof ScenarioBatchSchema>;
