import { isResourceType } from '#libs/domain/fhir';
import { isOperation } from '../capability/unsupported.js';
import { pathBelow, type OwnBases } from '../references/own-base.js';
import { BadEntry } from './bad-entry.js';
import { FHIR_ID } from '../plan/read-request.js';

/** What the request.url of an entry names; `query` is without its `?` and undefined where there is none. */
export type EntryUrl =
  | { readonly kind: 'type'; readonly type: string; readonly query: string | undefined }
  | { readonly kind: 'instance'; readonly type: string; readonly id: string; readonly query: string | undefined }
  | {
      readonly kind: 'version';
      readonly type: string;
      readonly id: string;
      readonly version: number;
      readonly query: string | undefined;
    }
  /** A search of several types: `?_type=…`. */
  | { readonly kind: 'system'; readonly query: string }
  /** A search in the compartment of a resource; `members` is a type, or `*` for all. */
  | {
      readonly kind: 'compartment';
      readonly of: string;
      readonly id: string;
      readonly members: string;
      readonly query: string | undefined;
    }
  /** An operation that reads: `Patient/1/$everything`, `Observation/$lastn`. */
  | { readonly kind: 'everything'; readonly id: string; readonly query: string | undefined }
  | { readonly kind: 'last'; readonly query: string | undefined }
  /** `type` is '' for the history of all. */
  | { readonly kind: 'history'; readonly type: string; readonly id: string | undefined; readonly query: string };

const OPERATIONS = 'of operations a bundle may have GET Patient/{id}/$everything and GET Observation/$lastn';
const VERSION = /^[1-9]\d{0,8}$/;

/** Reads a request.url: relative to the base as FHIR has it, or below one of our own addresses. @throws BadEntry */
export function readEntryUrl(url: string, index: number, own: OwnBases): EntryUrl {
  const bad = (status: number, code: 'value' | 'not-supported', why: string): BadEntry =>
    new BadEntry(index, status, code, why, 'request.url');
  const at = url.indexOf('?');
  const sent = at === -1 ? url : url.slice(0, at);
  const query = at === -1 ? undefined : url.slice(at + 1);
  const path = /^https?:/i.test(sent) ? pathBelow(sent, own) : sent.replace(/^\//, '');
  if (path === undefined) throw bad(400, 'value', 'request.url must be relative: it is of another server');
  const [type = '', id, third, version, ...more] = path.split('/');
  if (type === '_history' && id === undefined) return { kind: 'history', type: '', id, query: query ?? '' };
  if (type === '' && id === undefined && query !== undefined) return { kind: 'system', query };
  if (type === '' || isOperation(type)) throw bad(400, 'not-supported', 'this is not supported in a bundle');
  if (!isResourceType(type)) throw bad(404, 'not-supported', 'not a resource type of R4');
  if (id === undefined) return { kind: 'type', type, query };
  if (id === '_history' && third === undefined) return { kind: 'history', type, id: undefined, query: query ?? '' };
  if (type === 'Observation' && id === '$lastn' && third === undefined) return { kind: 'last', query };
  if (isOperation(id)) throw bad(400, 'not-supported', OPERATIONS);
  if (!FHIR_ID.test(id) || more.length > 0) throw bad(400, 'value', 'request.url must be Type, Type/id or Type?query');
  if (third === undefined) return { kind: 'instance', type, id, query };
  if (third === '_history') {
    if (version === undefined) return { kind: 'history', type, id, query: query ?? '' };
    // No resource has another kind of version: version 0 is not found.
    return { kind: 'version', type, id, version: VERSION.test(version) ? Number(version) : 0, query };
  }
  if (type === 'Patient' && third === '$everything' && version === undefined) return { kind: 'everything', id, query };
  if (isOperation(third)) throw bad(400, 'not-supported', OPERATIONS);
  if ((isResourceType(third) || third === '*') && version === undefined) {
    return { kind: 'compartment', of: type, id, members: third, query };
  }
  throw bad(400, 'value', 'request.url must be Type, Type/id or Type?query');
}
