import { parseJson } from '#libs/domain/fhir';
import { oneIssue, refusal } from '../answers/refusal.js';
import { readPatch } from '../patch/apply-patch.js';
import type { Patch } from '../patch/patch.js';

/** The media type of RFC 6902; a FHIRPath Patch is FHIR JSON. */
export const JSON_PATCH = 'application/json-patch+json';

/** The body of a PATCH. @throws OutcomeProblem */
export function readPatchBody(text: string, mediaType: string, type: string): Patch {
  const parsed = parseJson(text);
  if (!parsed.ok) throw refusal(400, [parsed.error]);
  if ((mediaType === JSON_PATCH) !== Array.isArray(parsed.value)) {
    const text =
      mediaType === JSON_PATCH
        ? 'a JSON Patch is an array of operations'
        : `a FHIRPath Patch is a Parameters resource; a JSON Patch is sent as ${JSON_PATCH}`;
    throw oneIssue(400, 'structure', text);
  }
  const read = readPatch(parsed.value, type);
  if (!read.ok) throw refusal(read.status, [read.issue]);
  return read.patch;
}
