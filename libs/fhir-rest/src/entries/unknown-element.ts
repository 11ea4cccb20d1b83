import { typeRule, type JsonObject } from '#libs/domain/fhir';

/**
 * What is wrong where an object has a member that R4 does not know, such as `ifNoneExists` in a request: left out, it would change what
 * is meant.
 *
 * @param type of the object, `Bundle.entry.request`
 */
export function unknownElement(object: JsonObject, type: string): string | undefined {
  const elements = typeRule(type)?.elements;
  if (elements === undefined) throw new Error(`${type} is no type of R4`);
  for (const name in object) {
    if (name === 'resourceType' || elements.has(name.startsWith('_') ? name.slice(1) : name)) continue;
    const shown = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : '(a name that FHIR does not use)';
    return `${type} has no element called ${shown}`;
  }
  return undefined;
}
