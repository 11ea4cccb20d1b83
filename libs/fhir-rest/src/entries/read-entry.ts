import { isJsonObject, type IssueCode, type Json, type JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import { readCondition } from '../conditions/read-condition.js';
import type { OwnBases } from '../references/own-base.js';
import { BadEntry } from './bad-entry.js';
import type { DeleteEntry, Entry, FetchEntry, Method, PatchEntry, WriteEntry } from './entry.js';
import { readPatchResource } from '../patch/read-patch-resource.js';
import { readEntryUrl, type EntryUrl } from './entry-url.js';
import { unknownElement } from './unknown-element.js';

const METHODS: ReadonlySet<string> = new Set<Method>(['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD']);

const CONDITIONS = ['ifNoneExist', 'ifMatch', 'ifNoneMatch', 'ifModifiedSince'] as const;

/** Which of the conditions of a request each method takes; one that it does not take would be ignored, which is never right. */
const TAKEN: Readonly<Record<Method, readonly (typeof CONDITIONS)[number][]>> = {
  POST: ['ifNoneExist'],
  PUT: ['ifMatch', 'ifNoneMatch'],
  PATCH: ['ifMatch'],
  DELETE: ['ifMatch'],
  GET: ['ifNoneMatch', 'ifModifiedSince'],
  HEAD: ['ifNoneMatch', 'ifModifiedSince'],
};

/** An entry with what its method takes of the conditions of a request. */
interface Read extends Partial<Record<(typeof CONDITIONS)[number], string>> {
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly url: EntryUrl;
  readonly resource: Json | undefined;
  readonly newId: () => string;
  readonly own: OwnBases;
}

/** An entry of a bundle, or what is wrong with its request. */
export function readEntry(entry: Json, index: number, newId: () => string, own: OwnBases): Entry | BadEntry {
  try {
    return entryOf(entry, index, newId, own);
  } catch (bad) {
    if (bad instanceof BadEntry) return bad;
    throw bad;
  }
}

function entryOf(entry: Json, index: number, newId: () => string, own: OwnBases): Entry {
  if (!isJsonObject(entry)) throw new BadEntry(index, 400, 'structure', 'an entry must be an object', '');
  const { request, fullUrl, resource } = entry;
  if (!isJsonObject(request)) throw new BadEntry(index, 400, 'required', 'the entry has no request', 'request');
  requireKnown(entry, 'Bundle.entry', index, '');
  requireKnown(request, 'Bundle.entry.request', index, 'request');
  const { url, method } = request;
  if (typeof url !== 'string') throw new BadEntry(index, 400, 'required', 'request.url is missing', 'request.url');
  if (!isMethod(method)) {
    throw new BadEntry(
      index,
      400,
      'value',
      'request.method must be GET, HEAD, POST, PUT, PATCH or DELETE',
      'request.method',
    );
  }
  if (fullUrl !== undefined && typeof fullUrl !== 'string') {
    throw new BadEntry(index, 400, 'structure', 'fullUrl must be a string', 'fullUrl');
  }
  const target = readEntryUrl(url, index, own);
  const read = { index, fullUrl, url: target, resource, newId, own, ...conditionsOf(request, method, index) };
  switch (method) {
    case 'POST':
      return post(read);
    case 'PUT':
      return put(read);
    case 'PATCH':
      return patch(read);
    case 'DELETE':
      return remove(read);
    case 'GET':
    case 'HEAD':
      return fetch(read, method);
  }
}

function requireKnown(object: JsonObject, type: string, index: number, place: string): void {
  const unknown = unknownElement(object, type);
  if (unknown !== undefined) throw new BadEntry(index, 400, 'structure', unknown, place);
}

function isMethod(method: Json | undefined): method is Method {
  return typeof method === 'string' && METHODS.has(method);
}

function conditionsOf(request: JsonObject, method: Method, index: number): Partial<Read> {
  const conditions: Partial<Record<string, string>> = {};
  for (const name of CONDITIONS) {
    const value = request[name];
    if (value === undefined) continue;
    const place = `request.${name}`;
    if (typeof value !== 'string') throw new BadEntry(index, 400, 'structure', `${name} must be a string`, place);
    if (!TAKEN[method].includes(name))
      throw new BadEntry(index, 400, 'invalid', `${method} does not take ${name}`, place);
    conditions[name] = value;
  }
  return conditions;
}

function post(read: Read): WriteEntry {
  const { index, url, fullUrl, ifNoneExist, own } = read;
  if (url.kind !== 'type' || url.query !== undefined) throw badUrl(index, 'request.url of POST must be Type');
  const condition =
    ifNoneExist === undefined ? undefined : conditionOf(index, url.type, ifNoneExist, 'ifNoneExist', own);
  const resource = resourceOf(read, url.type);
  const id = read.newId();
  return {
    index,
    method: 'POST',
    type: url.type,
    id,
    condition,
    resource,
    fullUrl,
    ifMatch: undefined,
    ifNoneMatch: undefined,
  };
}

function put(read: Read): WriteEntry {
  const { index, fullUrl, ifMatch, ifNoneMatch } = read;
  const { type, id, condition } = targetOf(read, 'PUT');
  const resource = resourceOf(read, type);
  if (id !== undefined && resource['id'] !== id) {
    throw new BadEntry(index, 400, 'invalid', 'the id of the resource is not that of request.url', 'resource.id');
  }
  return { index, method: 'PUT', type, id: id ?? read.newId(), condition, resource, fullUrl, ifMatch, ifNoneMatch };
}

function patch(read: Read): PatchEntry {
  const { index, fullUrl, ifMatch, resource } = read;
  const { type, id, condition } = targetOf(read, 'PATCH');
  const asked = readPatchResource(resource, type);
  if (!asked.ok) {
    const { code, diagnostics, expression: [path = ''] = [] } = asked.issue;
    const place = path.startsWith('Parameters') ? path.replace('Parameters', 'resource') : 'resource';
    throw new BadEntry(index, asked.status, code, diagnostics, place);
  }
  return { index, method: 'PATCH', type, id: id ?? read.newId(), condition, patch: asked.patch, fullUrl, ifMatch };
}

function remove(read: Read): DeleteEntry {
  const { index, fullUrl, ifMatch } = read;
  const { type, id, condition } = targetOf(read, 'DELETE');
  return { index, method: 'DELETE', type, id: id ?? read.newId(), condition, fullUrl, ifMatch };
}

function fetch({ index, fullUrl, url, ifNoneMatch, ifModifiedSince: since }: Read, method: 'GET' | 'HEAD'): FetchEntry {
  const ifModifiedSince = since === undefined ? undefined : Date.parse(since);
  if (ifModifiedSince !== undefined && Number.isNaN(ifModifiedSince)) {
    throw new BadEntry(index, 400, 'value', 'ifModifiedSince must be an instant', 'request.ifModifiedSince');
  }
  return { index, method, url, fullUrl, ifNoneMatch, ifModifiedSince };
}

/** `Type/id`, or `Type?query`: then there is a condition and no id. */
function targetOf(
  { index, url, own }: Read,
  method: Method,
): { readonly type: string; readonly id: string | undefined; readonly condition: Condition | undefined } {
  if (url.kind === 'instance' && url.query === undefined) return { type: url.type, id: url.id, condition: undefined };
  if (url.kind !== 'type' || url.query === undefined) {
    throw badUrl(index, `request.url of ${method} must be Type/id or Type?query`);
  }
  return { type: url.type, id: undefined, condition: conditionOf(index, url.type, url.query, 'url', own) };
}

function conditionOf(
  index: number,
  type: string,
  query: string,
  name: 'url' | 'ifNoneExist',
  own: OwnBases,
): Condition {
  const read = readCondition(type, query, `Bundle.entry[${index}].request.${name}`, own);
  if (read.kind === 'condition') return read.condition;
  throw new BadEntry(index, read.status, read.code, read.why, `request.${name}`);
}

function resourceOf({ index, resource }: Read, type: string): JsonObject {
  if (!isJsonObject(resource)) throw new BadEntry(index, 400, 'required', 'the entry has no resource', 'resource');
  if (resource['resourceType'] === type) return resource;
  throw new BadEntry(index, 400, 'invalid', 'the resource is not of the type of request.url', 'resource');
}

function badUrl(index: number, why: string, code: IssueCode = 'value'): BadEntry {
  return new BadEntry(index, 400, code, why, 'request.url');
}
