import { z } from 'zod';
import { Instant, listOf, PageQuery } from './api-values.js';

export const SourcesQuery = z.strictObject({
  ...PageQuery,
  silent: z
    .enum(['true', 'false'])
    .optional()
    .describe('true: only those that nothing came from for 15 min; false: only the others'),
});
export const SourceListSchema = listOf(
  z.object({
    source: z.string(),
    device: z.string().nullable(),
    patient: z.string().nullable(),
    client: z.string().nullable().describe('who owns the source, and may send under its name'),
    measures: z.array(z.string()).describe('names in the catalogue'),
    newestAt: Instant.describe('newest effective time that it sent'),
    receivedAt: Instant.describe('when something new last came'),
    silentSeconds: z.number().describe('since then, by the clock of the server'),
    silent: z.boolean().describe('nothing came for 15 min'),
  }),
);

export const OperationsSchema = z.object({
  asOf: Instant,
  windowSeconds: z.literal(60),
  stages: z.array(
    z.object({
      stage: z.enum(['receive', 'reject', 'log', 'apply', 'store', 'alert', 'dispatch', 'deliver']),
      title: z.string(),
      of: z
        .enum(['installation', 'tenant'])
        .describe('whose figures: the log is shared, so what is counted in it is of all tenants'),
      from: z
        .enum(['process', 'log', 'database'])
        .describe(
          'process: counted by this process, which does all the work; log: positions; database: rows of the tenant',
        ),
      count: z.int().describe('in the last `coveredSeconds`'),
      coveredSeconds: z
        .number()
        .describe('how much of the window was observed: less than 60 in the first minute of a process'),
      perSecond: z.number(),
      lag: z
        .object({
          records: z.int().describe('that wait for this stage'),
          seconds: z.number().describe('how long the first of them has waited, at least; to within 5 s'),
        })
        .nullable()
        .describe('null: nothing waits for this stage'),
    }),
  ),
  waiting: z
    .object({
      deliveries: z.int().describe('that were not yet taken'),
      parkedDeliveries: z.int().describe('that wait for a replay'),
      deadLetters: z.int().describe('that were not replayed'),
    })
    .describe('of the tenant'),
});
