import type { JsonObject } from '#libs/domain/fhir';

/** What a scope gives; `refer` is to name a resource by a condition (`Patient?identifier=…`): a search, which a client without one may do, too. */
export type AccessVerb = 'create' | 'read' | 'update' | 'delete' | 'search' | 'refer';

/**
 * Which resources a request may see and change, where its scopes have restrictions. What is outside is treated as absent; what a request
 * makes or changes must be within before and after.
 */
export interface Allowed {
  /** Whether any resource of the type may be outside. False is quick, and the rule. */
  isRestricted(verb: AccessVerb, type: string): boolean;
  /** Whether a resource, as it is, is within. */
  permits(verb: AccessVerb, resource: JsonObject): boolean;
}

export const ALL_ALLOWED: Allowed = { isRestricted: () => false, permits: () => true };
