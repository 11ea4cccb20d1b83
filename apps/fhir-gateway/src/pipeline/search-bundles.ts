import type { Access } from '#libs/platform/auth';
import {
  oneIssue,
  pathOfTarget,
  planEverything,
  planLast,
  planSearch,
  searchset,
  type AskedSearch,
  type FhirRepository,
  type Queries,
  type SearchAccess,
  type SearchPage,
} from '#libs/fhir-rest';
import type { SearchParameterValue } from '#libs/fhir-search';
import { requireSome } from '../access/required-scopes.js';
import type { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { requireSearchable, searchAccess } from '../access/search-access.js';
import type { Wishes } from './wishes.js';

/** What searches are read from: the repository, or the transaction of a bundle. */
export interface SearchSource {
  readonly reads: Pick<FhirRepository, 'search' | 'lastOfEach'>;
  readonly versions: Pick<RestrictedReads, 'read'>;
}

/** Searches, and the operations that search, for one client: each a Bundle of type `searchset` as JSON text. */
export class SearchBundles {
  private readonly allowed: SearchAccess;

  /** @param now ms since 1970 */
  constructor(
    private readonly access: Access,
    private readonly wishes: Pick<Wishes, 'baseUrl' | 'own'>,
    private readonly now: number,
  ) {
    this.allowed = searchAccess(access);
  }

  async search(asked: AskedSearch, { reads }: SearchSource): Promise<string> {
    const queries = planSearch(asked, this.context());
    return this.bundle(pathOfTarget(asked.target), queries, await this.run(queries, reads));
  }

  /** `Patient/{id}/$everything` */
  async everything(id: string, parameters: readonly SearchParameterValue[], source: SearchSource): Promise<string> {
    const queries = planEverything(id, parameters, this.context());
    requireSome(this.access, 'read', 'Patient');
    const stored = await source.versions.read(readerOf(this.access), 'Patient', id);
    if (stored === undefined) throw oneIssue(404, 'not-found', 'no such resource', 'Patient');
    if (stored.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', 'Patient');
    return this.bundle(`Patient/${id}/$everything`, queries, await this.run(queries, source.reads));
  }

  /** `Observation/$lastn` */
  async last(parameters: readonly SearchParameterValue[], { reads }: SearchSource): Promise<string> {
    const { query, max } = planLast(parameters, this.context());
    requireSearchable([query], this.allowed);
    const page = await reads.lastOfEach(this.access.tenant.key, query, max, this.allowed);
    return this.bundle('Observation/$lastn', [query], page);
  }

  private context(): Parameters<typeof planEverything>[2] {
    const mayFind = (type: string): boolean => this.allowed.found(type).length > 0;
    return { own: this.wishes.own, now: this.now, mayFind };
  }

  /** What every search goes through before it is run, whoever asks for it. */
  private run(queries: Queries, reads: SearchSource['reads']): Promise<SearchPage> {
    requireSearchable(queries, this.allowed);
    return reads.search(this.access.tenant.key, queries, this.allowed);
  }

  private bundle(path: string, queries: Queries, page: SearchPage): string {
    return searchset({ baseUrl: this.wishes.baseUrl, path }, queries, page);
  }
}
