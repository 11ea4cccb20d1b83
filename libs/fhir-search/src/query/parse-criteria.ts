import type { Issue } from '#libs/domain/fhir';
import { conditionsKey } from './conditions-key.js';
import { parseSearch, RESULT_PARAMETERS, type SearchOptions, type SearchParameterValue } from './parse-search.js';
import { issueOf } from './search-refusal.js';
import type { Condition } from './search-query.js';

export type ParsedCriteria =
  | {
      readonly kind: 'ok';
      /** At least one. */
      readonly conditions: readonly Condition[];
      /** Equal for criteria that mean the same ({@link conditionsKey}). */
      readonly key: string;
    }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] };

/**
 * Reads a search that says which resources are meant, not which are shown: of a conditional interaction, a restriction of a scope, a filter
 * of a subscription. What {@link parseSearch} would leave out widens what is meant, so it is refused: parameters without a value, unknown
 * ones, ones that say nothing of a resource, and criteria without any.
 */
export function parseCriteria(
  type: string,
  parameters: readonly SearchParameterValue[],
  { ownBases, now }: Pick<SearchOptions, 'ownBases' | 'now'>,
): ParsedCriteria {
  if (parameters.length === 0)
    return {
      kind: 'refused',
      issues: [issueOf('required', 'without a parameter every resource of the type is meant')],
    };
  const issues = parameters.flatMap(({ name, value }) => {
    if (value === '') return [issueOf('value', 'the value is empty', name)];
    const isResult = RESULT_PARAMETERS.has(name.split(':', 1)[0] ?? '');
    return isResult ? [issueOf('not-supported', 'the parameter says nothing of a resource', name)] : [];
  });
  if (issues.length > 0) return { kind: 'refused', issues };
  const options = { handling: 'strict', maxCount: 1, defaultCount: 1, ownBases } as const;
  const parsed = parseSearch(type, parameters, now === undefined ? options : { ...options, now });
  if (parsed.kind === 'refused') return parsed;
  const { conditions } = parsed.query;
  return { kind: 'ok', conditions, key: conditionsKey(parsed.query) };
}
