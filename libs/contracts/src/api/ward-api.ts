import { z } from 'zod';
import { ComparatorSchema, Instant, PageQuery, QualitySchema, listOf } from './api-values.js';

export const PersonIdentifierSchema = z.object({ system: z.string().nullable(), value: z.string() });
/** By what people know one patient from another. Names and identifiers are as they were sent: they may hold markup, or marks of direction. */
export const PatientLabelSchema = {
  name: z.string().nullable().describe('the official or usual name of the Patient'),
  identifier: PersonIdentifierSchema.nullable().describe('the record number (type MR), or another identifier'),
  bed: z
    .object({ reference: z.string(), name: z.string().describe('of the Location, or as the Encounter has it') })
    .nullable()
    .describe('the newest location of the Encounter in progress'),
};

export const WardVitalSchema = z.object({
  code: z.string().describe('name in the catalogue'),
  title: z.string(),
  value: z.number(),
  comparator: ComparatorSchema.optional(),
  unit: z.string(),
  effectiveAt: Instant,
  quality: QualitySchema,
  stale: z.boolean().describe('too old to represent the current state'),
  freshSeconds: z.number().describe('it is stale when it is older than this'),
  trend: z
    .enum(['rising', 'falling', 'steady'])
    .nullable()
    .describe('of the measured values of the last 30 min or 12 h, by measure; null: too few'),
});
const Count = z.number().int();
export const WardPatientSchema = z.object({
  patient: z.string(),
  version: z.number().int(),
  ...PatientLabelSchema,
  asOf: Instant.nullable().describe('newest effective time the twin has seen'),
  vitals: z.array(WardVitalSchema).describe('the newest value of each'),
  news2: z
    .object({
      score: z.number().describe('the least it can be: what is missing could only raise it'),
      effectiveAt: Instant.describe('of its newest input'),
      missing: z.array(z.string()).describe('names of the measures of which it has no value'),
    })
    .nullable()
    .describe('null: too few inputs, or not for this person'),
  alerts: z
    .object({ high: Count, medium: Count, low: Count })
    .nullable()
    .describe('episodes that are not over, by severity; null without the scope alerts.read'),
  forecast: z
    .object({
      code: z.string(),
      unit: z.string(),
      minutes: z.number().int().describe('ahead of `issuedAt`'),
      mean: z.number(),
      low: z.number().describe('with `high`: the band that holds it with a probability of 0.8'),
      high: z.number(),
      issuedAt: Instant,
    })
    .nullable()
    .describe('the newest of one measure; null: there is none, or without the scope forecasts.read'),
  monitoring: z.enum(['on', 'off']),
  unreadable: z
    .literal(true)
    .optional()
    .describe('the stored twin cannot be read: the patient is not monitored, and nothing but alerts is known of now'),
});
export const WardSchema = z.object({
  asOf: Instant.describe('clock of the server'),
  ...listOf(WardPatientSchema).shape,
});
export const WardQuery = z.strictObject(PageQuery);

export const PatientSchema = z.object({
  patient: z.string(),
  type: z.enum(['component', 'asset', 'system', 'process']),
  version: z.number().int(),
  asOf: Instant.nullable(),
  firstRecordedAt: Instant.describe(
    'when the first record of the patient was stored: as of an earlier time nothing was known',
  ),
  ...PatientLabelSchema,
});
export const PatientListSchema = listOf(PatientSchema);
export const PatientsQuery = z.strictObject({
  ...PageQuery,
  search: z
    .string()
    .trim()
    .min(1, 'must hold a word')
    .max(200)
    .optional()
    .describe(
      'words, each of which begins a word of the name or of an identifier, or the FHIR id; without regard to case and accents',
    ),
});
