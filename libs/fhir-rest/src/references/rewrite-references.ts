import { typeRule, type Json, type JsonObject } from '#libs/domain/fhir';
import { rewriteLinks } from './narrative-links.js';
import { entryTarget, resolveReference, type ReferenceContext } from './resolve-reference.js';

/** A place (FHIRPath in the resource) whose reference was taken for a new resource of the bundle that the sender calls `sent`. */
export interface Assumed {
  readonly path: string;
  readonly sent: string;
  /** The new resource: `Patient/<id>`. */
  readonly target: string;
}

export interface Rewritten {
  readonly resource: JsonObject;
  /** `urn:` references that no entry answers to. */
  readonly unresolved: readonly { readonly path: string; readonly reference: string }[];
  readonly assumed: readonly Assumed[];
  /** Conditional references: `Patient?identifier=x|1`. */
  readonly conditional: readonly { readonly path: string; readonly reference: string }[];
}

/**
 * Replaces what points at entries of the same bundle by where they will be, and resolves all other references: to this server they
 * are relative afterwards, to another one absolute (FHIR R4 bundle.html#references).
 *
 * Pointers are Reference.reference, elements of type uri and url, and links of narratives. An oid or uuid could not hold a relative URL and a
 * canonical names a version-independent definition: both stay. So do urls that are names and no links: of extensions, of code systems,
 * and of a definition itself.
 */
export function rewriteReferences(resource: JsonObject, context: ReferenceContext): Rewritten {
  const unresolved: { path: string; reference: string }[] = [];
  const assumed: Assumed[] = [];
  const conditional: { path: string; reference: string }[] = [];
  const linked = (url: string): string | undefined => entryTarget(url, context.targets);
  return { resource: rewriteResource(resource, ''), unresolved, assumed, conditional };

  function rewriteResource(value: JsonObject, path: string): JsonObject {
    return rewrite(value, typeOf(value), path);
  }

  // Recursion is bounded: the parser refuses deep nesting before.
  function rewrite(value: JsonObject, type: string | undefined, path: string): JsonObject {
    const copy: Record<string, Json> = {};
    for (const name in value) {
      const item = value[name] as Json;
      const place = below(path, name);
      if (typeof item === 'string') copy[name] = rewriteText(item, name, type, place);
      else if (typeof item !== 'object' || item === null) copy[name] = item;
      else copy[name] = rewriteElement(item, typeBelow(type, name), name, type, place);
    }
    return copy;
  }

  function rewriteElement(
    item: Json,
    type: string | undefined,
    name: string,
    parent: string | undefined,
    path: string,
  ): Json {
    if (Array.isArray(item)) {
      return (item as readonly Json[]).map((one, at) =>
        typeof one === 'string'
          ? rewriteText(one, name, parent, `${path}[${at}]`)
          : rewriteElement(one, type, name, parent, `${path}[${at}]`),
      );
    }
    // Numbers that keep their digits are objects of their own class.
    if (typeof item !== 'object' || item === null || Object.getPrototypeOf(item) !== Object.prototype) return item;
    const object = item as JsonObject;
    return type === 'Resource' ? rewriteResource(object, path) : rewrite(object, type, path);
  }

  function rewriteText(text: string, name: string, parent: string | undefined, path: string): string {
    if (name === 'reference') return pointTo(text, path);
    if (name === 'div') return rewriteLinks(text, linked);
    if (context.targets.size === 0 || parent === undefined || !isLink(parent, name)) return text;
    return linked(text) ?? text;
  }

  function pointTo(sent: string, path: string): string {
    const resolved = resolveReference(sent, context);
    if (resolved.kind === 'unresolved') unresolved.push({ path, reference: sent });
    if (resolved.kind === 'conditional') conditional.push({ path, reference: sent });
    if (resolved.kind === 'assumed') assumed.push({ path, sent: resolved.sent, target: resolved.reference });
    return resolved.reference;
  }
}

function typeOf(resource: JsonObject): string | undefined {
  const type = resource['resourceType'];
  return typeof type === 'string' ? type : undefined;
}

function typeBelow(type: string | undefined, name: string): string | undefined {
  if (type === undefined) return undefined;
  // `_birthDate` holds id and extensions of a primitive.
  return name.startsWith('_') ? 'Element' : elementType(type, name);
}

function isLink(parent: string, name: string): boolean {
  if (name === 'system' || (name === 'url' && (parent === 'Extension' || isDefinition(parent)))) return false;
  const type = elementType(parent, name);
  return type === 'uri' || type === 'url';
}

/** Whether resources of this type have a canonical url, which is their name. */
function isDefinition(type: string): boolean {
  return elementType(type, 'url') === 'uri' && elementType(type, 'publisher') === 'string';
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function elementType(parent: string, name: string): string | undefined {
  return typeRule(parent)?.elements.get(name)?.type;
}
