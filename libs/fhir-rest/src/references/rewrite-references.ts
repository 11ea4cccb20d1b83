import type { Json, JsonObject } from '#libs/domain/fhir';
import { resolveReference, type ReferenceContext } from './resolve-reference.js';

/** Names of the elements that point at resources: Reference.reference, and `urn:` values of type uri and url. */
const POINTERS = new Set(['reference', 'url', 'uri', 'valueUrl', 'valueUri']);

/** A place (FHIRPath in the resource) whose reference was taken for a new resource of the bundle that the sender calls `sent`. */
export interface Assumed {
  readonly path: string;
  readonly sent: string;
}

export interface Rewritten {
  readonly resource: JsonObject;
  /** Places of `urn:` references that no entry answers to. */
  readonly unresolved: readonly string[];
  readonly assumed: readonly Assumed[];
}

/**
 * Replaces what points at entries of the same bundle by where they will be, and resolves all other references: to this server they
 * are relative afterwards, to another one absolute (FHIR R4 bundle.html#references).
 */
export function rewriteReferences(resource: JsonObject, context: ReferenceContext): Rewritten {
  const unresolved: string[] = [];
  const assumed: Assumed[] = [];
  const { targets } = context;
  return { resource: rewrite(resource, '') as JsonObject, unresolved, assumed };

  function rewrite(value: Json, path: string): Json {
    if (Array.isArray(value)) return value.map((item, at) => rewrite(item, `${path}[${at}]`));
    // Numbers that keep their digits are objects of their own class.
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    const copy: Record<string, Json> = {};
    for (const [name, item] of Object.entries(value as JsonObject)) {
      if (typeof item !== 'string') copy[name] = typeof item === 'object' ? rewrite(item, below(path, name)) : item;
      else if (name === 'reference') copy[name] = pointTo(item, below(path, name));
      else if (POINTERS.has(name)) copy[name] = item.startsWith('urn:') ? (targets.get(item) ?? item) : item;
      else copy[name] = name === 'div' ? rewriteNarrative(item) : item;
    }
    return copy;
  }

  function pointTo(sent: string, path: string): string {
    const resolved = resolveReference(sent, context);
    if (resolved.kind === 'unresolved') unresolved.push(path);
    if (resolved.kind === 'assumed') assumed.push({ path, sent: resolved.sent });
    return resolved.reference;
  }

  function rewriteNarrative(html: string): string {
    return html.replace(/((?:href|src)=")([^"]+)(")/g, (all, before: string, url: string, after: string) => {
      const target = targets.get(url);
      return target === undefined ? all : `${before}${target}${after}`;
    });
  }
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
