import { Decimal, isResourceType, type Issue, type Json, type JsonObject } from '#libs/domain/fhir';
import { FHIR_ID } from './read-request.js';
import { structureIssues } from './structure-issues.js';
import { oneIssue } from '../answers/refusal.js';
import type { OwnBases } from '../references/own-base.js';
import { foreignBaseOf, targetKey, type ReferenceContext } from '../references/resolve-reference.js';
import { rewriteReferences } from '../references/rewrite-references.js';
import type { Step } from './step.js';
import { isOperation } from '../capability/unsupported.js';

export interface RequestPlan {
  readonly type: 'transaction' | 'batch';
  /** In the order in which they take effect; `index` is their position in the request. */
  readonly steps: readonly Step[];
}

interface Entry {
  readonly index: number;
  readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET';
  readonly type: string;
  readonly id: string;
  readonly fullUrl: string | undefined;
  readonly resource: JsonObject | undefined;
  readonly ifMatch: string | undefined;
}

interface BadEntry {
  readonly index: number;
  readonly status: number;
  readonly issues: readonly Issue[];
}

/**
 * Turns a bundle into steps (FHIR R4 http.html#transaction): ids for new resources, references to entries by their fullUrl
 * rewritten, structure checked.
 *
 * @param own addresses of this server: references to them are references to its resources
 */
export function planRequest(bundle: JsonObject, newId: () => string, own: OwnBases = []): RequestPlan {
  const type = bundle['type'];
  if (type !== 'transaction' && type !== 'batch') {
    throw oneIssue(400, 'not-supported', 'this address takes bundles of type transaction or batch', 'Bundle.type');
  }
  const list = bundle['entry'] ?? [];
  if (!Array.isArray(list)) throw oneIssue(400, 'structure', 'entry must be an array', 'Bundle.entry');
  const read = list.map((entry, index) => readEntry(entry, index, newId));
  const entries = read.filter((entry): entry is Entry => 'method' in entry);
  const doubles = doublesOf(entries, type);
  const atomic = type === 'transaction';
  const targets = atomic ? targetsOf(entries) : NONE;
  const sentIds = atomic ? sentIdsOf(entries) : NONE;
  const steps = read.map((entry): Step => {
    const bad = 'method' in entry ? doubles.get(entry.index) : entry;
    if (bad !== undefined) return { kind: 'refused', ...bad };
    const elsewhere = foreignBaseOf((entry as Entry).fullUrl, own);
    return stepOf(entry as Entry, { own, elsewhere, targets, sentIds }, atomic);
  });
  return { type, steps: atomic ? inOrderOfEffect(steps) : steps };
}

function readEntry(entry: Json, index: number, newId: () => string): Entry | BadEntry {
  const at = `Bundle.entry[${index}]`;
  if (!isObject(entry)) return bad(index, 400, 'structure', 'an entry must be an object', at);
  const request = entry['request'];
  if (!isObject(request)) return bad(index, 400, 'required', 'the entry has no request', `${at}.request`);
  if (request['ifNoneExist'] !== undefined) {
    return bad(index, 400, 'not-supported', 'conditional create is not supported', `${at}.request.ifNoneExist`);
  }
  const url = request['url'];
  if (typeof url !== 'string') return bad(index, 400, 'required', 'request.url is missing', `${at}.request.url`);
  if (url.includes('?')) {
    return bad(index, 400, 'not-supported', 'search and conditional requests are not supported', `${at}.request.url`);
  }
  const method = request['method'];
  if (method !== 'POST' && method !== 'PUT' && method !== 'DELETE' && method !== 'GET') {
    const known = method === 'PATCH' || method === 'HEAD';
    const [status, code] = known ? ([405, 'not-supported'] as const) : ([400, 'value'] as const);
    return bad(index, status, code, 'request.method must be POST, PUT, DELETE or GET', `${at}.request.method`);
  }
  const [type = '', id, ...more] = url.split('/');
  if (isOperation(type)) return bad(index, 400, 'not-supported', 'operations are not supported', `${at}.request.url`);
  if (!isResourceType(type)) return bad(index, 404, 'not-supported', 'not a resource type of R4', `${at}.request.url`);
  const wantsId = method !== 'POST';
  if (more.length > 0 || wantsId !== (id !== undefined) || (id !== undefined && !FHIR_ID.test(id))) {
    const shape = wantsId ? 'Type/id' : 'Type';
    const isFhir = more.length > 0 || [type, id ?? ''].some(isOperation);
    const code = isFhir ? 'not-supported' : 'value';
    return bad(index, 400, code, `request.url of ${method} must be ${shape}`, `${at}.request.url`);
  }
  const resource = entry['resource'];
  const carries = method === 'POST' || method === 'PUT';
  if (carries && !isObject(resource)) return bad(index, 400, 'required', 'the entry has no resource', `${at}.resource`);
  if (carries && isObject(resource)) {
    if (resource['resourceType'] !== type) {
      return bad(index, 400, 'invalid', 'the resource is not of the type of request.url', `${at}.resource`);
    }
    if (method === 'PUT' && resource['id'] !== id) {
      return bad(index, 400, 'invalid', 'the id of the resource is not that of request.url', `${at}.resource.id`);
    }
  }
  return {
    index,
    method,
    type,
    id: id ?? newId(),
    fullUrl: textOf(entry['fullUrl']),
    resource: carries && isObject(resource) ? resource : undefined,
    ifMatch: textOf(request['ifMatch']),
  };
}

/** In a transaction no resource may be the target of two entries, and no fullUrl stand twice. */
function doublesOf(entries: readonly Entry[], type: RequestPlan['type']): Map<number, BadEntry> {
  const doubles = new Map<number, BadEntry>();
  if (type === 'batch') return doubles;
  const targets = new Set<string>();
  const fullUrls = new Set<string>();
  for (const entry of entries) {
    const at = `Bundle.entry[${entry.index}]`;
    if (entry.method === 'GET') continue;
    const target = `${entry.type}/${entry.id}`;
    if (targets.has(target)) {
      doubles.set(
        entry.index,
        bad(entry.index, 400, 'duplicate', 'two entries have the same target', `${at}.request.url`),
      );
    } else if (entry.fullUrl !== undefined && fullUrls.has(entry.fullUrl)) {
      doubles.set(
        entry.index,
        bad(entry.index, 400, 'duplicate', 'two entries have the same fullUrl', `${at}.fullUrl`),
      );
    }
    targets.add(target);
    if (entry.fullUrl !== undefined) fullUrls.add(entry.fullUrl);
  }
  return doubles;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** fullUrl → where the resource will be. */
function targetsOf(entries: readonly Entry[]): Map<string, string> {
  const targets = new Map<string, string>();
  for (const { fullUrl, resource, type, id } of entries) {
    if (resource !== undefined && fullUrl !== undefined) targets.set(targetKey(fullUrl), `${type}/${id}`);
  }
  return targets;
}

/**
 * `Type/id` as the sender had it, of new resources → where they will be. Only where one entry alone can be meant: with two of them,
 * of two systems, the reference says nothing.
 */
function sentIdsOf(entries: readonly Entry[]): Map<string, string> {
  const sent = new Map<string, string>();
  const unclear = new Set<string>();
  for (const { method, resource, type, id } of entries) {
    if (resource === undefined) continue;
    const sentId = resource['id'];
    const name = `${type}/${typeof sentId === 'string' ? sentId : ''}`;
    if (method !== 'POST' || sent.has(name)) unclear.add(name);
    else if (typeof sentId === 'string') sent.set(name, `${type}/${id}`);
  }
  for (const name of unclear) sent.delete(name);
  return sent;
}

function stepOf(entry: Entry, references: ReferenceContext, atomic: boolean): Step {
  const { index, type, id, ifMatch } = entry;
  const at = `Bundle.entry[${index}]`;
  if (entry.method === 'GET') return { kind: 'read', index, type, id, at };
  if (entry.method === 'DELETE') return { kind: 'delete', index, type, id, at, ifMatch };
  const { resource, unresolved, assumed } = rewriteReferences(entry.resource ?? {}, references);
  const issues = [
    ...structureIssues(resource, `${at}.resource`),
    ...(atomic ? unresolved : []).map((path): Issue => ({
      severity: 'error',
      code: 'not-found',
      diagnostics: 'no entry of the bundle has this fullUrl',
      expression: [`${at}.resource.${path}`],
    })),
  ];
  if (issues.length > 0) return { kind: 'refused', index, status: 422, issues };
  return entry.method === 'POST'
    ? { kind: 'create', index, type, id, at: `${at}.resource`, resource, assumed }
    : { kind: 'update', index, type, id, at: `${at}.resource`, resource, ifMatch, assumed };
}

/**
 * Deletes, writes, reads. Among the writes Patients come first and Devices next, so that a reference may point forward: POST before
 * PUT would matter for conditional interactions only, and there are none.
 */
function inOrderOfEffect(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => rankOf(a) - rankOf(b) || a.index - b.index);
}

function rankOf(step: Step): number {
  switch (step.kind) {
    case 'refused':
      return 0;
    case 'delete':
      return 1;
    case 'create':
    case 'update':
    case 'patch':
      return step.type === 'Patient' ? 2 : step.type === 'Device' ? 3 : 4;
    case 'read':
      return 5;
  }
}

function bad(index: number, status: number, code: Issue['code'], diagnostics: string, expression: string): BadEntry {
  return { index, status, issues: [{ severity: 'error', code, diagnostics, expression: [expression] }] };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
