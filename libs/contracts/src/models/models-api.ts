import { z } from 'zod';
import { listOf } from '../api/api-values.js';

export const ModelCardSchema = z.object({
  id: z.string(),
  version: z.string().describe('semantic version; whatever may change a forecast raises it'),
  title: z.string(),
  kind: z.enum(['statistical', 'mechanistic']),
  outputs: z.array(z.string()).describe('catalogue names of the measures it forecasts'),
  inputs: z.array(
    z.object({
      code: z.string().describe('catalogue name of the measure'),
      needed: z.boolean(),
      freshness: z.string().describe('how old it may be'),
    }),
  ),
  horizonMinutes: z.array(z.number()).describe('empty: it only simulates'),
  population: z.object({ ages: z.string(), pregnancy: z.string(), conditions: z.string() }),
  refuses: z.array(z.string()).describe('when it does not answer'),
  trainedOn: z.object({ sets: z.array(z.string()), records: z.number(), period: z.string() }),
  metrics: z.array(
    z.object({
      set: z.string(),
      heldApart: z.boolean().describe('whether the rows were held apart from all that was fitted'),
      figure: z.string(),
      value: z.number(),
    }),
  ),
  limits: z.array(z.string()).describe('what it does not know'),
  page: z.string().describe("its page, from the project's root"),
  status: z.enum(['active', 'shadow', 'demoted', 'baseline']),
  disclaimer: z.string(),
});

export const ModelListSchema = listOf(ModelCardSchema);
