import type { JsonObject } from '#libs/domain/fhir';
import type { Condition } from '../conditions/condition.js';
import type { Patch } from '../patch/patch.js';
import type { EntryUrl } from './entry-url.js';

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET' | 'HEAD';

/** An entry of a bundle whose request can be understood; its resource is not checked yet. */
export type Entry = WriteEntry | PatchEntry | DeleteEntry | FetchEntry;

interface EntryHead {
  readonly index: number;
  readonly fullUrl: string | undefined;
}

export interface WriteEntry extends EntryHead {
  readonly method: 'POST' | 'PUT';
  readonly type: string;
  /** That of request.url, or one made for it. */
  readonly id: string;
  readonly condition: Condition | undefined;
  readonly resource: JsonObject;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface PatchEntry extends EntryHead {
  readonly method: 'PATCH';
  readonly type: string;
  readonly id: string;
  readonly condition: Condition | undefined;
  readonly patch: Patch;
  readonly ifMatch: string | undefined;
}

export interface DeleteEntry extends EntryHead {
  readonly method: 'DELETE';
  readonly type: string;
  readonly id: string;
  readonly condition: Condition | undefined;
  readonly ifMatch: string | undefined;
}

export interface FetchEntry extends EntryHead {
  readonly method: 'GET' | 'HEAD';
  readonly url: EntryUrl;
  readonly ifNoneMatch: string | undefined;
  /** ms since 1970 */
  readonly ifModifiedSince: number | undefined;
}
