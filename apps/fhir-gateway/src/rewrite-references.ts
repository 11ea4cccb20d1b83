import type { Json, JsonObject } from '#libs/domain/fhir';

/** Names of the elements that point at resources: Reference.reference, and `urn:` values of type uri and url. */
const POINTERS = new Set(['reference', 'url', 'uri', 'valueUrl', 'valueUri']);

/**
 * Replaces what points at entries of the same bundle by where they will be (FHIR R4 bundle.html#references).
 * `unresolved` lists the FHIRPaths of `urn:` references that no entry answers to.
 */
export function rewriteReferences(
  resource: JsonObject,
  targets: ReadonlyMap<string, string>,
): { readonly resource: JsonObject; readonly unresolved: readonly string[] } {
  const unresolved: string[] = [];
  const rewritten = rewrite(resource, '');
  return { resource: rewritten as JsonObject, unresolved };

  function rewrite(value: Json, path: string): Json {
    if (Array.isArray(value)) return value.map((item, at) => rewrite(item, `${path}[${at}]`));
    // Numbers that keep their digits are objects of their own class.
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    const copy: Record<string, Json> = {};
    for (const [name, item] of Object.entries(value as JsonObject)) {
      const at = path === '' ? name : `${path}.${name}`;
      if (typeof item !== 'string') copy[name] = rewrite(item, at);
      else if (POINTERS.has(name)) copy[name] = pointTo(item, name, at);
      else copy[name] = name === 'div' ? rewriteNarrative(item) : item;
    }
    return copy;
  }

  function pointTo(pointer: string, name: string, path: string): string {
    const target = targets.get(pointer);
    if (target !== undefined && (name === 'reference' || pointer.startsWith('urn:'))) return target;
    if (name === 'reference' && /^urn:(uuid|oid):/.test(pointer)) unresolved.push(path);
    return pointer;
  }

  function rewriteNarrative(html: string): string {
    return html.replace(/((?:href|src)=")([^"]+)(")/g, (all, before: string, url: string, after: string) => {
      const target = targets.get(url);
      return target === undefined ? all : `${before}${target}${after}`;
    });
  }
}
