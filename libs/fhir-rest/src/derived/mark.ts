import { parseJson, type Issue, type Json, type JsonObject } from '#libs/domain/fhir';
import { SYSTEMS } from './terms.js';

/** The tag of every resource that this software makes of what it knows: read-only for clients. */
export const MADE_HERE: JsonObject = {
  system: SYSTEMS.tag,
  code: 'made-here',
  display: 'Made by Homeostat from its alerts, measurements and forecasts; read-only',
};

/** The resource as it is stored and answered: with the mark, its version and its time. */
export function marked(resource: JsonObject, version: number, lastUpdated: number): JsonObject {
  const { resourceType, id, ...rest } = resource as { resourceType: string; id: string };
  const meta = { versionId: String(version), lastUpdated: new Date(lastUpdated).toISOString(), tag: [MADE_HERE] };
  return { resourceType, id, meta, ...rest };
}

/** Place of the mark among the tags of a resource. @returns -1 where it has none */
export function markAt(resource: JsonObject): number {
  const meta = resource['meta'] as JsonObject | undefined;
  const tags: Json = meta?.['tag'] ?? [];
  return Array.isArray(tags) ? (tags as readonly JsonObject[]).findIndex(isMark) : -1;
}

/** Whether the text of a stored resource has the mark. */
export function isMadeHere(content: string): boolean {
  // Most resources have no such text anywhere: they need not be read for that.
  if (!content.includes(SYSTEMS.tag)) return false;
  const parsed = parseJson(content);
  return parsed.ok && markAt(parsed.value as JsonObject) >= 0;
}

/** The answer to a client that would change or delete what was made here (403). */
export function readOnly(at: string): Issue {
  return {
    severity: 'error',
    code: 'forbidden',
    diagnostics:
      'this resource is made from alerts, measurements and forecasts and is read-only; act on an alert by /v1/alerts',
    expression: [at],
  };
}

/** The answer to a client that sends the mark with a resource of its own (422). */
export function markedByClient(at: string, index: number): Issue {
  return {
    severity: 'error',
    code: 'business-rule',
    diagnostics: `the tag ${SYSTEMS.tag}|made-here is kept for what this server makes itself; leave it out`,
    expression: [`${at}.meta.tag[${index}]`],
  };
}

function isMark(tag: JsonObject): boolean {
  return tag?.['system'] === MADE_HERE['system'] && tag['code'] === MADE_HERE['code'];
}
