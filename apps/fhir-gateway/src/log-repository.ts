import {
  type CommitLookups,
  type CommitMode,
  type Committed,
  type Decision,
  type FhirKnown,
  type FhirRepository,
  type HistoryRequest,
  type KeptRequest,
  type ReadLater,
  type RequestOrigin,
  type StoredResource,
  type VersionPlace,
} from '#libs/fhir-rest';
import type { FhirStore } from '#libs/platform/storage';
import { commitAlone } from './commit/commit-alone.js';
import { CommitQueue } from './commit/commit-queue.js';
import { commitTogether } from './commit/commit-together.js';

/** Resources that are not stored as such, by the ids that are kept for them. */
type DerivedReads = Pick<FhirRepository, 'read' | 'readVersion'> & {
  readonly keeps: (type: string, id: string) => boolean;
  readonly history: (
    tenant: number,
    type: string,
    id: string,
    request: HistoryRequest,
  ) => ReturnType<FhirRepository['history']>;
};

/**
 * The resources in Postgres; what a request says about patients is appended to the log in its own transaction. What is made of
 * other rows (measurements of wearable senders, forecasts) is read beside them.
 */
export class LogRepository implements FhirRepository {
  private readonly queue: CommitQueue;

  constructor(
    private readonly store: FhirStore,
    private readonly derived: readonly DerivedReads[],
  ) {
    this.queue = new CommitQueue({
      together: (requests) => commitTogether(store, requests),
      alone: (request) => commitAlone(store, request),
    });
  }

  read(tenant: number, type: string, id: string): ReturnType<FhirRepository['read']> {
    return (this.keeperOf(type, id) ?? this.store).read(tenant, type, id);
  }

  readVersion(tenant: number, type: string, id: string, version: number): ReturnType<FhirRepository['readVersion']> {
    return (this.keeperOf(type, id) ?? this.store).readVersion(tenant, type, id, version);
  }

  async readEach(tenant: number, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, StoredResource>> {
    const derived = places.filter(({ type, id }) => this.keeperOf(type, id) !== undefined);
    if (derived.length === 0) return this.store.readEach(tenant, places);
    const found = new Map(
      await this.store.readEach(
        tenant,
        places.filter((place) => !derived.includes(place)),
      ),
    );
    for (const { type, id, version } of derived) {
      const one = await (version === undefined
        ? this.read(tenant, type, id)
        : this.readVersion(tenant, type, id, version));
      if (one !== undefined) found.set(version === undefined ? `${type}/${id}` : `${type}/${id}/${version}`, one);
    }
    return found;
  }

  history(tenant: number, request: HistoryRequest): ReturnType<FhirRepository['history']> {
    const { of } = request;
    const keeper = of.kind === 'instance' ? this.keeperOf(of.type, of.id) : undefined;
    if (keeper === undefined || of.kind !== 'instance') return this.store.history(tenant, request);
    return keeper.history(tenant, of.type, of.id, request);
  }

  private keeperOf(type: string, id: string): DerivedReads | undefined {
    return this.derived.find((one) => one.keeps(type, id));
  }

  search(...asked: Parameters<FhirRepository['search']>): ReturnType<FhirRepository['search']> {
    return this.store.search(...asked);
  }

  lastOfEach(...asked: Parameters<FhirRepository['lastOfEach']>): ReturnType<FhirRepository['lastOfEach']> {
    return this.store.lastOfEach(...asked);
  }

  /** One transaction, which small requests may share. After it everything of the request is durable, or nothing is there. */
  commit(
    origin: RequestOrigin,
    lookups: CommitLookups,
    decide: (known: FhirKnown) => Decision,
    mode: CommitMode,
    kept?: KeptRequest,
    readLater?: ReadLater,
  ): Promise<Committed> {
    return this.queue.submit({ origin, lookups, decide, mode, kept, readLater });
  }
}
