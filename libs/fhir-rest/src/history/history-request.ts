import type { StoredResource } from '../repository/resources.js';

/** Of what the history is asked: one resource, or the types named. */
export type HistoryOf =
  | { readonly kind: 'instance'; readonly type: string; readonly id: string }
  | { readonly kind: 'types'; readonly types: readonly string[] };

/** A page of a history, newest first. */
export interface HistoryRequest {
  readonly of: HistoryOf;
  /** Versions of a page; the store gives one more where there is one. */
  readonly count: number;
  /** Only versions made at or after this, ms since 1970. */
  readonly since?: number;
  /** Only versions that were the current one at some time between, ms since 1970, both inclusive. */
  readonly at?: { readonly from: number; readonly to: number };
  /** Only versions behind this one. */
  readonly after?: HistoryPlace;
}

/** The place of a version among all: by its time, then by what it is. It never changes, so pages neither miss nor double one. */
export interface HistoryPlace {
  /** ms since 1970 */
  readonly lastUpdated: number;
  readonly type: string;
  readonly id: string;
  readonly version: number;
}

export interface HistoryVersion extends StoredResource {
  /** Whether it made the resource, for the first time or after a deletion. */
  readonly created: boolean;
  /** Whether a patch made it. */
  readonly isPatch?: boolean;
}

export interface HistoryPage {
  readonly versions: readonly HistoryVersion[];
  /** Whether there are versions behind the last one. */
  readonly more: boolean;
  /** Where the next page begins, when that is not behind the last version shown: some were left out. */
  readonly end?: HistoryPlace;
  /** Of one resource: how many versions match in all. */
  readonly total?: number;
}
