import { z } from 'zod';
import { COMPARATORS } from '../records.js';

/**
 * Requests and answers of the twin API, as JSON. Times are ISO 8601; requests must give an offset, answers are in UTC. The schemas of
 * requests refuse unknown members; those of answers document what is sent (docs/openapi.json).
 */

export const Instant = z.iso.datetime({
  offset: true,
  error: 'must be ISO 8601 with offset, such as 2026-03-01T08:15:30Z',
});
/** Rules: FHIR R4 `id`. */
export const FhirId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, 'must be a FHIR id');
/** A FHIR reference to the person behind an act; absolute where the person is known to another server. */
export const PersonReference = z
  .string()
  .max(256)
  .regex(
    /^(https?:\/\/[!-~]{1,150}\/)?(Practitioner|PractitionerRole|RelatedPerson|Patient|Person)\/[A-Za-z0-9\-.]{1,64}$/,
    'must be a reference to a person, such as Practitioner/17',
  )
  .describe('the person behind the act, such as Practitioner/17');
export const Note = z.string().max(2_000).refine(hasNoControls, 'must not hold control characters');
/** A reason that must be given: what shows nothing says nothing. */
export const Reason = Note.min(1, { error: 'must say why', abort: true }).refine(
  (text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text),
  'must say why',
);
export const RuleId = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be a rule id, such as glucose-low');

function hasNoControls(text: string): boolean {
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) && text.isWellFormed();
}

export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('maximum number of items per page'),
  cursor: z.string().max(512).optional().describe('`next` of the page before'),
};

/** Of a list that is asked for nothing but its pages. */
export const ListQuery = z.strictObject(PageQuery);

export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().optional().describe('cursor of the next page; absent on the last'),
  });
}

export const Coding = z.object({ system: z.string(), code: z.string() });
export const ComparatorSchema = z
  .enum(COMPARATORS)
  .describe('the value is a bound: the true one is less, at most, at least or more; absent: it is the value itself');
export const QualitySchema = z.enum(['good', 'doubtful', 'bad']);

export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
});
