import { isJsonObject, parseJson, type JsonObject } from '#libs/domain/fhir';
import { oneIssue, refusal } from '../answers/refusal.js';

/** A JSON object of a body. @throws OutcomeProblem 400 */
export function readObject(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok) throw refusal(400, [parsed.error]);
  if (!isJsonObject(parsed.value)) throw oneIssue(400, 'structure', 'a JSON object is expected');
  return parsed.value;
}
