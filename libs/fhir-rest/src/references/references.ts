import type { Json, JsonObject } from '#libs/domain/fhir';

export interface ResourceReference {
  readonly type: string;
  /** As sent: it may be no id at all, and then no resource has it. */
  readonly id: string;
  /** A conditional reference: `id` is its query. */
  readonly isQuery: boolean;
  /** FHIRPath inside the resource, without its type: `subject.reference`. */
  readonly path: string;
}

const RELATIVE = /^([A-Z][A-Za-z]{1,63})([/?])(.*)$/s;
const VERSION = /\/_history\/[^/]*$/;

/** The references of a resource to resources of this server (relative ones, after rewriting). Contained resources included. */
export function referencesOf(resource: JsonObject): ResourceReference[] {
  const found: ResourceReference[] = [];
  walk(resource, '', found);
  return found;
}

// Recursion is bounded: the parser refuses deep nesting before.
function walk(value: Json, path: string, found: ResourceReference[]): void {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      if (typeof item === 'object' && item !== null) walk(item, `${path}[${at}]`, found);
    }
    return;
  }
  for (const [name, item] of Object.entries(value as JsonObject)) {
    if (name === 'reference' && typeof item === 'string') {
      const match = RELATIVE.exec(item);
      if (match?.[1] !== undefined && match[3] !== undefined) {
        const isQuery = match[2] === '?';
        const id = isQuery ? match[3] : match[3].replace(VERSION, '');
        found.push({ type: match[1], id, isQuery, path: path === '' ? name : `${path}.${name}` });
      }
    } else if (typeof item === 'object' && item !== null) {
      walk(item, path === '' ? name : `${path}.${name}`, found);
    }
  }
}
