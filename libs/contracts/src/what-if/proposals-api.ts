import { z } from 'zod';
import { Instant, Note, PersonReference, Reason } from '../api/api-values.js';
import { RefusedSchema } from './scenarios-api.js';

/** A number in the canonical unit, or a value with its unit. */
const valueIn = (canonical: string) =>
  z
    .union([z.number(), z.strictObject({ value: z.number(), unit: z.string().min(1).max(64) })], {
      error: `must be a number in ${canonical}, or { value, unit }`,
    })
    .describe(`in ${canonical}, or with its unit`);

const TargetRequest = z.union(
  [
    z.number(),
    z.strictObject({ value: z.number(), unit: z.string().min(1).max(64) }),
    z.strictObject({ low: z.number(), high: z.number(), unit: z.string().min(1).max(64).default('mg/dL') }),
  ],
  { error: 'must be a number in mg/dL, { value, unit } or { low, high, unit }' },
);

export const PutTherapyRequest = z.strictObject({
  carbRatio: valueIn('g per [IU]').describe('carbohydrates that one unit covers, 1 to 150 g/[IU]'),
  correctionFactor: valueIn('mg/dL per [IU]').describe('by how much one unit lowers glucose, 5 to 400 mg/dL/[IU]'),
  target: TargetRequest.describe('80 to 180 mg/dL; of a range the middle is aimed at'),
  maximumBolus: valueIn('[IU]').describe('above 0, at most 30 [IU]'),
  maximumInsulinOnBoard: valueIn('[IU]').describe('above 0, at most 50 [IU]'),
  dailyMaximum: valueIn('[IU]').describe('all insulin of 24 hours; above 0, at most 300 [IU]'),
  author: Note.min(1).max(256).optional().describe('who decided on them; absent: the person behind the request'),
  reason: Reason,
  expiresAt: Instant.optional(),
  onBehalfOf: PersonReference.optional(),
});
export type TherapyAsked = z.output<typeof PutTherapyRequest>;

export const TherapySchema = z.object({
  patient: z.string(),
  carbRatio: z.number(),
  correctionFactor: z.number(),
  target: z.object({ low: z.number(), high: z.number() }),
  maximumBolus: z.number(),
  maximumInsulinOnBoard: z.number(),
  dailyMaximum: z.number(),
  units: z.object({
    carbRatio: z.literal('g/[IU]'),
    correctionFactor: z.literal('mg/dL/[IU]'),
    target: z.literal('mg/dL'),
    maximumBolus: z.literal('[IU]'),
    maximumInsulinOnBoard: z.literal('[IU]'),
    dailyMaximum: z.literal('[IU]'),
  }),
  author: z.string(),
  reason: z.string(),
  setAt: Instant,
  expiresAt: Instant.optional(),
  expired: z.boolean(),
  version: z.int(),
});

export const RAILS = [
  'fresh-data',
  'quality',
  'not-low',
  'not-falling',
  'predicted-low',
  'insulin-on-board',
  'maximum-bolus',
  'daily-maximum',
  'simulated-low',
] as const;
export type Rail = (typeof RAILS)[number];

export const ProposalRequest = z.strictObject({
  kind: z.enum(['insulin-bolus', 'carbohydrate-intake']),
  target: TargetRequest.optional().describe('in place of the target of the therapy settings'),
  carbohydrates: z.number().min(0).max(300).optional().describe('g that are about to be eaten'),
  onBehalfOf: PersonReference.optional(),
});
export type ProposalAsked = z.output<typeof ProposalRequest>;

const CheckSchema = z.object({
  rail: z.enum(RAILS),
  held: z.boolean().describe('what is proposed keeps to it; of `none`: whether it would allow anything'),
  value: z.number().nullable().describe('null: it could not be judged, which counts as not held'),
  limit: z.number(),
  unit: z.string(),
});
const EffectSchema = z.object({
  arm: z.string().describe('arm of the scenario that the decision followed'),
  points: z.array(
    z.object({
      minutes: z.number(),
      effectiveAt: Instant,
      foreseen: z.number().describe('mg/dL, mean'),
      interval80: z.array(z.number()).length(2),
      seen: z.number().optional().describe('mg/dL; absent: not measured (yet)'),
      seenAt: Instant.optional(),
      inside80: z.boolean().optional(),
    }),
  ),
  insulin: z.number().describe('[IU] recorded as boluses since, within 30 minutes of the decision'),
  carbohydrates: z.number().describe('g recorded since, within 30 minutes of the decision'),
  note: z.string(),
});
const DECIDED = ['accepted', 'rejected', 'overridden'] as const;
export const ProposalSchema = z.object({
  id: z.string(),
  patient: z.string(),
  kind: z.enum(['insulin-bolus', 'carbohydrate-intake']),
  status: z.enum(['proposed', 'none', ...DECIDED, 'expired']),
  value: z.number().optional(),
  unit: z.string().optional(),
  reasons: z.array(z.string()),
  checks: z.array(CheckSchema),
  basis: z.record(z.string(), z.number().nullable()).describe('what it was computed from'),
  alternatives: z.array(z.string()),
  issuedAt: Instant,
  expiresAt: Instant.describe('at most 15 minutes after the newest reading'),
  scenario: z.string().nullable().describe('id of the scenario of what is predicted; null: none was simulated'),
  fhir: z.looseObject({
    resourceType: z.literal('MedicationRequest'),
    intent: z.literal('proposal'),
    status: z.literal('draft'),
  }),
  decision: z
    .object({
      status: z.enum(DECIDED),
      at: Instant,
      act: z.string(),
      client: z.string(),
      onBehalfOf: z.string().optional(),
      reason: z.string().optional(),
      value: z.number().optional().describe('what was done in place of it'),
      unit: z.string().optional(),
    })
    .optional(),
  effect: EffectSchema.optional(),
  disclaimer: z.string(),
});
export type Proposal = z.input<typeof ProposalSchema>;

export const DecideRequest = z.strictObject({ onBehalfOf: PersonReference.optional(), reason: Note.optional() });
export const OverrideRequest = z.strictObject({
  onBehalfOf: PersonReference.optional(),
  reason: Reason,
  value: z.number().min(0).optional().describe('what is done in place of it'),
  unit: z.string().min(1).max(64).optional(),
});
export const DecisionAnswerSchema = z.object({
  id: z.string(),
  act: z.string(),
  status: z.enum(DECIDED),
  onBehalfOf: z.string().optional(),
});

const ParameterSchema = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.string(),
  estimate: z.number(),
  sd: z.number().nullable(),
  interval95: z.array(z.number()).length(2).nullable(),
  prior: z.string(),
  source: z.enum(['fitted', 'population']),
  reason: z.string().optional().describe('why the value is that of the population'),
});
export const ParametersSchema = z.object({
  patient: z.string(),
  model: z.string(),
  modelVersion: z.string(),
  version: z.int().describe('0: none have been fitted'),
  fittedAt: Instant.nullable(),
  dataFrom: Instant.nullable(),
  dataUntil: Instant.nullable(),
  days: z.number().nullable(),
  fit: z.object({ rmse: z.number(), mard: z.number() }).nullable().describe('on the rows it was fitted on'),
  parameters: z.array(ParameterSchema),
  assumptions: z.array(z.string()).describe('of the fit; also that its search did not converge'),
  status: z.enum(['fitted', 'population', 'outdated']).describe('outdated: of another version of the model; not used'),
  disclaimer: z.string(),
});
export const ParametersQuery = z.strictObject({
  model: z.string().max(64).default('personal-glucose'),
  at: Instant.optional().describe('those that counted then'),
});
export const FitRequest = z.strictObject({ model: z.string().max(64).default('personal-glucose') });
const FITTED = {
  version: z.int().optional().describe('of the parameters, once completed; they count when their record is applied'),
  refused: RefusedSchema.optional().describe('why nothing was fitted'),
};
export const FitJobSchema = z.object({
  id: z.string(),
  url: z.string(),
  status: z.enum(['waiting', 'running', 'completed', 'failed']),
  patient: z.string(),
  ...FITTED,
  items: z
    .array(z.object({ patient: z.string(), ...FITTED }))
    .optional()
    .describe('the same, in the form of a batch'),
});
