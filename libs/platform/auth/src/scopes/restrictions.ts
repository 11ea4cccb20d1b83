import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { parseSearch, type Condition } from '#libs/fhir-search';
import { parseSystemScope, type RestrictionParameter } from './system-scope.js';

/**
 * The restriction of a scope as conditions on a type, all of which must hold. undefined: it is no search of that type, or one that other
 * resources decide (a chain, `_has`): such a scope gives access to nothing of the type, because nothing else would be within it for sure.
 */
export function conditionsOf(
  type: string,
  restriction: readonly RestrictionParameter[],
): readonly Condition[] | undefined {
  if (restriction.length === 0) return [];
  const parameters = restriction.map(({ name, values }) => ({ name, value: values.join(',') }));
  const parsed = parseSearch(type, parameters, { handling: 'strict', maxCount: 1, defaultCount: 1, ownBases: [] });
  if (parsed.kind !== 'ok') return undefined;
  const { conditions } = parsed.query;
  // A parameter that says nothing must not widen the scope.
  if (conditions.length !== restriction.length) return undefined;
  return conditions.some(({ kind }) => kind === 'chain' || kind === 'has') ? undefined : conditions;
}

/** False for a scope whose type R4 does not have, and for a restriction by which the type (of `*`: any type) cannot be searched. */
export function canBeEnforced(scope: string): boolean {
  const parsed = parseSystemScope(scope);
  if (parsed === undefined) return true;
  const { type, restriction } = parsed;
  if (type === '*') return RESOURCE_TYPES.some((one) => conditionsOf(one, restriction) !== undefined);
  return RESOURCE_TYPES.includes(type) && conditionsOf(type, restriction) !== undefined;
}
