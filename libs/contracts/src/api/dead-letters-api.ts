import { z } from 'zod';
import { Instant, PageQuery, listOf } from './api-values.js';

export const DeadLetterSchema = z.object({
  id: z.uuid(),
  group: z.string(),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  reason: z.string(),
  at: Instant,
  replayedAt: Instant.optional(),
});
export const DeadLetterListSchema = listOf(DeadLetterSchema);
export const DeadLettersQuery = z.strictObject(PageQuery);
