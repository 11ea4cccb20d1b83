import { parseJson, type JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import type { CurrentResource, FhirKnown } from '../repository/resources.js';
import type { AccessVerb, Allowed } from './allowed.js';

/** A current version as the caller may know of it: what is outside, and for who is restricted what was deleted, is absent. */
export function seenBy(
  allowed: Allowed,
  verb: AccessVerb,
  found: CurrentResource | undefined,
): CurrentResource | undefined {
  if (found === undefined || !allowed.isRestricted(verb, found.type)) return found;
  if (found.deleted) return undefined;
  const parsed = parseJson(found.content);
  return parsed.ok && allowed.permits(verb, parsed.value as JsonObject) ? found : undefined;
}

/** What conditions found, without what the caller may not know of. */
export function matchesWithin(
  { matches, resources }: Pick<FhirKnown, 'matches' | 'resources'>,
  conditions: readonly Condition[],
  allowed: Allowed,
): FhirKnown['matches'] {
  const restricted = conditions.filter(({ type }) => allowed.isRestricted('refer', type));
  if (restricted.length === 0) return matches;
  const within = new Map(matches);
  for (const { key, type } of restricted) {
    const ids = matches.get(key) ?? [];
    within.set(
      key,
      ids.filter((id) => seenBy(allowed, 'refer', resources.get(`${type}/${id}`)) !== undefined),
    );
  }
  return within;
}
