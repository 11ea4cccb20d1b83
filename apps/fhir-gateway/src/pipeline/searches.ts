import type { Access } from '#libs/platform/auth';
import {
  oneIssue,
  planEverything,
  planLast,
  planSearch,
  SearchRefusedError,
  searchsetAnswer,
  type Answer,
  type AskedSearch,
  type FhirRepository,
  type Queries,
  type SearchAccess,
  type SearchPage,
} from '#libs/fhir-rest';
import type { SearchParameterValue } from '#libs/fhir-search';
import type { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { requireSome } from '../access/required-scopes.js';
import { requireSearchable, searchAccess } from '../access/search-access.js';
import type { Commits } from './commits.js';
import type { Wishes } from './wishes.js';

/** `GET /fhir/r4/{type}?…`, `POST …/_search`, of the system and of the compartment of a Patient. */
export class Searches {
  constructor(
    private readonly repository: Pick<FhirRepository, 'search' | 'lastOfEach'>,
    private readonly versions: Pick<RestrictedReads, 'read'>,
    private readonly commits: Pick<Commits, 'timed'>,
    private readonly now: () => number,
  ) {}

  /** @param path that was searched, below the base url */
  search(asked: AskedSearch, path: string, access: Access, { baseUrl, own }: Wishes): Promise<Answer> {
    return this.commits.timed('search', async () => {
      const allowed = searchAccess(access);
      const mayFind = (type: string): boolean => allowed.found(type).length > 0;
      const queries = planSearch(asked, { own, now: this.now(), mayFind });
      return searchsetAnswer({ baseUrl, path }, queries, await this.run(queries, allowed, access.tenant.key));
    });
  }

  /** `Patient/{id}/$everything` */
  everything(
    patient: string,
    parameters: readonly SearchParameterValue[],
    access: Access,
    { baseUrl, own }: Wishes,
  ): Promise<Answer> {
    return this.commits.timed('search', async () => {
      const allowed = searchAccess(access);
      const mayFind = (type: string): boolean => allowed.found(type).length > 0;
      const queries = planEverything(patient, parameters, { own, now: this.now(), mayFind });
      requireSome(access, 'read', 'Patient');
      const stored = await this.versions.read(readerOf(access), 'Patient', patient);
      if (stored === undefined) throw oneIssue(404, 'not-found', 'no such resource', 'Patient');
      if (stored.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', 'Patient');
      const page = await this.run(queries, allowed, access.tenant.key);
      return searchsetAnswer({ baseUrl, path: `Patient/${patient}/$everything` }, queries, page);
    });
  }

  /** `Observation/$lastn` */
  last(parameters: readonly SearchParameterValue[], access: Access, { baseUrl, own }: Wishes): Promise<Answer> {
    return this.commits.timed('search', async () => {
      const allowed = searchAccess(access);
      const { query, max } = planLast(parameters, { own, now: this.now() });
      requireSearchable([query], allowed);
      const page = await this.repository.lastOfEach(access.tenant.key, query, max, allowed).catch(refused);
      return searchsetAnswer({ baseUrl, path: 'Observation/$lastn' }, [query], page);
    });
  }

  /** What every search goes through before it is run, whoever asks for it. */
  private async run(queries: Queries, allowed: SearchAccess, tenant: number): Promise<SearchPage> {
    requireSearchable(queries, allowed);
    return this.repository.search(tenant, queries, allowed).catch(refused);
  }
}

function refused(error: unknown): never {
  if (!(error instanceof SearchRefusedError)) throw error;
  const { code, message, parameter } = error;
  throw oneIssue(400, code, message, parameter === undefined ? undefined : `http.${parameter}`);
}
