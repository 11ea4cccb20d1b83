import type { Issue } from '#libs/domain/fhir';
import type { SearchQuery } from '#libs/fhir-search';
import type { StoredResource } from './resources.js';
import type { Visible } from './visible.js';

/** What a caller may see: found by conditions, also those of chains; and beside what was found. */
export interface SearchAccess {
  readonly found: Visible;
  readonly included: Visible;
}

/** Searches that make one list: of one type, or of several, with the same order, count and page. */
export type Queries = readonly [SearchQuery, ...SearchQuery[]];

export interface SearchPage {
  readonly matches: readonly StoredResource[];
  /** What `_include` and `_revinclude` add; no match among them. */
  readonly included: readonly StoredResource[];
  /** Of all pages. */
  readonly total?: number;
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
  /** What the client must know of the answer: it is not all of it, for example. */
  readonly warnings: readonly Issue[];
}

/** A search that is well-formed and that the store cannot do, or whose page link is none of its own. Nothing of it is a fault of the server. */
export class SearchRefusedError extends Error {
  override readonly name = 'SearchRefusedError';
  constructor(
    readonly code: 'not-supported' | 'value' | 'too-costly',
    message: string,
    /** The parameter of the search that is meant. */
    readonly parameter?: string,
  ) {
    super(message);
  }
}
