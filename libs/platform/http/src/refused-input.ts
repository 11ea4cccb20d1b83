import { Problem, type ProblemDetail } from './problem.js';

/** Members of every object: a request that names one is no mistake in spelling, and no schema has them. */
const OF_EVERY_OBJECT = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_SHOWN = 100;

/**
 * Refuses what no request may hold, whatever its schema: members named like those of every object, which would be passed over in silence,
 * and texts that the database cannot keep as they are: with U+0000 or half of a surrogate pair.
 *
 * @throws {Problem} 400 with the place of each
 */
export function refuseInput(value: unknown): void {
  const errors: ProblemDetail[] = [];
  collect(value, '', errors);
  if (errors.length > 0) throw new Problem(400, 'invalid', 'the request does not have the expected shape', errors);
}

/** Bodies are nested at most 64 deep (request-body.ts), queries once. */
function collect(value: unknown, pointer: string, errors: ProblemDetail[]): void {
  if (errors.length >= MAX_SHOWN) return;
  if (typeof value === 'string') {
    // What is wrong with a cursor, its list says (list-cursor.ts).
    if (pointer === '/cursor') return;
    if (value.includes('\u0000') || !value.isWellFormed())
      errors.push({ pointer, code: 'text-invalid', detail: 'must not hold U+0000 or half of a surrogate pair' });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (OF_EVERY_OBJECT.has(name))
      errors.push({ pointer, code: 'unrecognized_keys', detail: `Unrecognized key: "${name}"` });
    else collect(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`.slice(0, 200), errors);
  }
}
