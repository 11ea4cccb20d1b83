import { parseJson, type JsonObject } from '#libs/domain/fhir';

/**
 * Ids of the first Observations of each code, code by code. Observations that share a coding are of one code; without codings the text is it.
 *
 * @param observations with the JSON text of `Observation.code`, in the order that is wanted
 * @param max of each code
 */
export function newestOfEachCode(
  observations: readonly { readonly id: string; readonly code: string | null }[],
  max: number,
): readonly string[] {
  const groups: string[][] = [];
  const groupOf = new Map<string, string[]>();
  const namesOf = new Map<string, readonly string[]>();
  for (const { id, code } of observations) {
    const text = code ?? '';
    let names = namesOf.get(text);
    if (names === undefined) namesOf.set(text, (names = namesIn(text)));
    let group = names.map((name) => groupOf.get(name)).find((one) => one !== undefined);
    if (group === undefined) groups.push((group = []));
    for (const name of names) if (!groupOf.has(name)) groupOf.set(name, group);
    if (group.length < max) group.push(id);
  }
  return groups.flat();
}

function namesIn(code: string): readonly string[] {
  const parsed = parseJson(code);
  const concept = parsed.ok && typeof parsed.value === 'object' ? (parsed.value as JsonObject | null) : null;
  const codings = Array.isArray(concept?.['coding']) ? (concept['coding'] as readonly JsonObject[]) : [];
  const names = codings
    .filter((coding) => coding['code'] !== undefined)
    .map((coding) => JSON.stringify([coding['system'] ?? '', coding['code']]));
  return names.length > 0 ? names : [JSON.stringify(concept?.['text'] ?? '')];
}
