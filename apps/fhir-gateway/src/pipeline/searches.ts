import type { Access } from '#libs/platform/auth';
import {
  FHIR_JSON,
  oneIssue,
  SearchRefusedError,
  type Answer,
  type AskedSearch,
  type FhirRepository,
} from '#libs/fhir-rest';
import type { SearchParameterValue } from '#libs/fhir-search';
import type { RestrictedReads } from '../access/restricted-reads.js';
import type { Commits } from './commits.js';
import { SearchBundles, type SearchSource } from './search-bundles.js';
import type { Wishes } from './wishes.js';

/** `GET /fhir/r4/{type}?…`, `POST …/_search`, of the system and of the compartment of a Patient; operations that search. */
export class Searches {
  private readonly source: SearchSource;

  constructor(
    reads: Pick<FhirRepository, 'search' | 'lastOfEach'>,
    versions: Pick<RestrictedReads, 'read'>,
    private readonly commits: Pick<Commits, 'timed'>,
    private readonly now: () => number,
  ) {
    this.source = { reads, versions };
  }

  search(asked: AskedSearch, access: Access, wishes: Wishes): Promise<Answer> {
    return this.answer(access, wishes, (bundles) => bundles.search(asked, this.source));
  }

  /** `Patient/{id}/$everything` */
  everything(
    patient: string,
    parameters: readonly SearchParameterValue[],
    access: Access,
    wishes: Wishes,
  ): Promise<Answer> {
    return this.answer(access, wishes, (bundles) => bundles.everything(patient, parameters, this.source));
  }

  /** `Observation/$lastn` */
  last(parameters: readonly SearchParameterValue[], access: Access, wishes: Wishes): Promise<Answer> {
    return this.answer(access, wishes, (bundles) => bundles.last(parameters, this.source));
  }

  private answer(access: Access, wishes: Wishes, run: (bundles: SearchBundles) => Promise<string>): Promise<Answer> {
    return this.commits.timed('search', async () => {
      const body = await run(new SearchBundles(access, wishes, this.now())).catch(refused);
      return { status: 200, headers: { 'content-type': FHIR_JSON }, body };
    });
  }
}

function refused(error: unknown): never {
  if (!(error instanceof SearchRefusedError)) throw error;
  const { code, message, parameter } = error;
  throw oneIssue(400, code, message, parameter === undefined ? undefined : `http.${parameter}`);
}
