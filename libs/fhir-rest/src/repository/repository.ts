import type { SearchQuery } from '#libs/fhir-search';
import type { Allowed } from '../access/allowed.js';
import type { Decision, LaterStep, StepResult } from '../decide/decision.js';
import type { Step } from '../plan/step.js';
import type { HistoryPage, HistoryRequest } from '../history/history-request.js';
import type { Committed, KeptRequest } from './once.js';
import type { FhirKnown, FhirLookups, StoredResource } from './resources.js';
import type { Queries, SearchAccess, SearchPage } from './search-port.js';

/** For whom resources are read. */
export interface Reader {
  /** Key of the tenant. */
  readonly tenant: number;
  readonly allowed: Allowed;
}

/** Who asks, and when: goes with what a request writes. */
export interface RequestOrigin extends Reader {
  /** The client that sent the request. */
  readonly author: string;
  /** Id of the request, for `GET /v1/rejections`. */
  readonly request: string;
  /** ms since 1970 */
  readonly receivedAt: number;
}

/** Where resources are kept. Every call names the tenant; another tenant's resource is treated as not found. */
export interface FhirRepository {
  /** The current version, deleted or not. */
  read(tenant: number, type: string, id: string): Promise<StoredResource | undefined>;
  readVersion(tenant: number, type: string, id: string, version: number): Promise<StoredResource | undefined>;
  /** Those of the versions that there are, by `Type/id/version`; without a version the current ones, by `Type/id`. */
  readEach(tenant: number, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, StoredResource>>;
  /** Versions from the newest on. */
  history(tenant: number, request: HistoryRequest): Promise<HistoryPage>;
  /**
   * One page of a search, as of one moment.
   * @throws SearchRefusedError
   */
  search(tenant: number, queries: Queries, access: SearchAccess): Promise<SearchPage>;
  /**
   * The newest Observations of each code among those that a query finds.
   * @param max of each code
   * @throws SearchRefusedError
   */
  lastOfEach(tenant: number, query: SearchQuery, max: number, access: SearchAccess): Promise<SearchPage>;
  /**
   * One transaction: looks up and locks, decides (a pure function, called again when the transaction lost a race), makes the decision
   * durable with all that follows from it.
   *
   * @param mode `atomic`: one refused step leaves nothing of the request · `each`: refused steps leave the others alone
   * @param readLater reads the steps of which the decision says `later`, when all is written
   * @param kept makes the request take effect once: its answer is kept in the same transaction
   * @throws RepositoryBusyError when others wrote the same resources every time
   */
  commit(
    origin: RequestOrigin,
    lookups: CommitLookups,
    decide: (known: FhirKnown) => Decision,
    mode: CommitMode,
    kept?: KeptRequest,
    readLater?: ReadLater,
  ): Promise<Committed>;
}

export interface VersionPlace {
  readonly type: string;
  readonly id: string;
  readonly version?: number;
}

/** What reads within the transaction of a request see: what it has written. */
export type ReadsWithin = Pick<
  FhirRepository,
  'read' | 'readVersion' | 'readEach' | 'history' | 'search' | 'lastOfEach'
>;

/** The result of a step that is read when all is written. A refusal is a result, and no error. */
export type ReadLater = (step: LaterStep, reads: ReadsWithin) => Promise<StepResult>;

export interface CommitLookups {
  /** What is looked up for. */
  readonly steps: readonly Step[];
  readonly first: FhirLookups;
  /** What else must be known, given what was found; undefined for nothing. */
  readonly further: (known: FhirKnown) => FhirLookups | undefined;
}

export type CommitMode = 'atomic' | 'each';

/** The transaction lost against others every time, or waited too long for a row; the client may repeat the request. */
export class RepositoryBusyError extends Error {
  override readonly name = 'RepositoryBusyError';
}
