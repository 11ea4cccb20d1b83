import { parseJson, stringifyJson, type Json, type JsonObject } from '#libs/domain/fhir';
import { SUMMARY_ELEMENTS } from './summary-elements.generated.js';

/** Which part of resources an answer shows (R4 search.html#summary, #elements). */
export interface Projection {
  readonly summary: 'true' | 'text' | 'data' | 'count' | 'false';
  /** Elements beside the mandatory ones; empty for all. */
  readonly elements: readonly string[];
}

interface Elements {
  /** Mandatory elements and modifiers: without them the rest would be misread. */
  readonly kept: readonly string[];
  readonly summary: readonly string[];
}

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };

let table: Readonly<Record<string, Elements>> | undefined;
function elementsOf(path: string): Elements | undefined {
  table ??= JSON.parse(SUMMARY_ELEMENTS) as Readonly<Record<string, Elements>>;
  return Object.hasOwn(table, path) ? table[path] : undefined;
}

export function isWhole({ summary, elements }: Projection): boolean {
  return (summary === 'false' || summary === 'count') && elements.length === 0;
}

/**
 * The part of a resource that is shown, marked as a part by the tag SUBSETTED (R4 resource.html#tag-subsetted).
 * @param content JSON text of the resource, digits of decimals are kept
 */
export function projectResource(content: string, projection: Projection): string {
  if (isWhole(projection)) return content;
  const parsed = parseJson(content);
  if (!parsed.ok) return content;
  const resource = parsed.value as JsonObject;
  return stringifyJson(marked(partOf(resource, projection)));
}

function partOf(resource: JsonObject, { summary, elements }: Projection): JsonObject {
  const type = resource['resourceType'] as string;
  const known = elementsOf(type);
  if (known === undefined) return resource;
  switch (summary) {
    case 'true':
      return summaryOf(resource, type);
    case 'text':
      return only(resource, new Set(['text', ...known.kept]));
    case 'data':
      return only(resource, new Set(Object.keys(resource).filter((name) => name !== 'text' && name !== '_text')));
    case 'count':
    case 'false':
      return only(resource, new Set([...known.kept, ...elements.flatMap((name) => membersOf(resource, name))]));
  }
}

/** Of the elements of a summary those that are part of it. @param path of the object in the definitions, `Observation.component` */
function summaryOf(object: JsonObject, path: string): JsonObject {
  const known = elementsOf(path);
  if (known === undefined) return object;
  const part = only(object, new Set([...known.summary, ...known.kept]));
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, within(value, `${path}.${name}`)]));
}

function within(value: Json, path: string): Json {
  if (elementsOf(path) === undefined) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => within(one, path));
  return typeof value === 'object' && value !== null ? summaryOf(value as JsonObject, path) : value;
}

/** `value` means the one of the members of the choice that stands there. */
function membersOf(resource: JsonObject, name: string): string[] {
  const choice = new RegExp(`^${name.replace(/\W/g, '')}[A-Z]`);
  const plain = name.replace(/\[x\]$/, '');
  return Object.keys(resource).filter((one) => one === plain || choice.test(one));
}

/** The members of these names, with what stands beside primitives (`_birthDate`). */
function only(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  const always = new Set(['resourceType', 'id', 'meta']);
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => {
      const plain = name.startsWith('_') ? name.slice(1) : name;
      return always.has(plain) || names.has(plain);
    }),
  );
}

function marked(resource: JsonObject): JsonObject {
  const { resourceType, id, meta, ...rest } = resource as JsonObject & { meta?: JsonObject };
  const tags = Array.isArray(meta?.['tag']) ? (meta['tag'] as readonly JsonObject[]) : [];
  const others = tags.filter((tag) => tag['code'] !== SUBSETTED.code || tag['system'] !== SUBSETTED.system);
  return {
    resourceType: resourceType ?? null,
    ...(id === undefined ? {} : { id }),
    meta: { ...meta, tag: [...others, SUBSETTED] },
    ...rest,
  };
}
