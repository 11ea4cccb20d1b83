import { parseJson, stringifyJson, type JsonObject } from '#libs/domain/fhir';
import { searchValuesOf } from '#libs/fhir-search';
import type { CurrentResource, ResourceChange } from '../repository/resources.js';
import { marked } from './mark.js';

/** A resource that this software makes, and the Patient it belongs to. */
export interface MadeResource {
  /** Without `meta`. */
  readonly resource: JsonObject;
  readonly patient: string | null;
}

/**
 * The versions that make the stored resources what they should be: none for what says so already. What a client has stored under the
 * same id stays in the history.
 *
 * @param current what is stored, by `Type/id`
 * @param now ms since 1970, becomes `meta.lastUpdated`
 */
export function nextVersions(
  made: readonly MadeResource[],
  current: ReadonlyMap<string, CurrentResource>,
  now: number,
): readonly ResourceChange[] {
  return made.flatMap(({ resource, patient }) => {
    const type = resource['resourceType'] as string;
    const id = resource['id'] as string;
    const before = current.get(`${type}/${id}`);
    if (before !== undefined && !before.deleted && sameContent(before.content, resource)) return [];
    const version = (before?.version ?? 0) + 1;
    const stored = marked(resource, version, now);
    const content = stringifyJson(stored);
    const search = searchValuesOf(stored);
    return [{ type, id, version, deleted: false, content, lastUpdated: now, patient, search }];
  });
}

function sameContent(stored: string, resource: JsonObject): boolean {
  const parsed = parseJson(stored);
  if (!parsed.ok) return false;
  const { meta: _, ...rest } = parsed.value as JsonObject;
  return stringifyJson(rest) === stringifyJson(resource);
}
