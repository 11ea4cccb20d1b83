import {
  isMeasurementId,
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
import type { FhirStore, MeasuredStore } from '#libs/platform/storage';
import { commitAlone } from './commit/commit-alone.js';
import { CommitQueue } from './commit/commit-queue.js';
import { commitTogether } from './commit/commit-together.js';

/**
 * The resources in Postgres; what a request says about patients is appended to the log in its own transaction. Measurements of wearable
 * senders are read as Observations beside them.
 */
export class LogRepository implements FhirRepository {
  private readonly queue: CommitQueue;

  constructor(
    private readonly store: FhirStore,
    private readonly measured: MeasuredStore,
  ) {
    this.queue = new CommitQueue({
      together: (requests) => commitTogether(store, requests),
      alone: (request) => commitAlone(store, request),
    });
  }

  read(tenant: number, type: string, id: string): ReturnType<FhirRepository['read']> {
    return isMeasurementId(type, id) ? this.measured.read(tenant, id) : this.store.read(tenant, type, id);
  }

  readVersion(tenant: number, type: string, id: string, version: number): ReturnType<FhirRepository['readVersion']> {
    if (isMeasurementId(type, id)) return this.measured.readVersion(tenant, id, version);
    return this.store.readVersion(tenant, type, id, version);
  }

  async readEach(tenant: number, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, StoredResource>> {
    const measured = places.filter(({ type, id }) => isMeasurementId(type, id));
    if (measured.length === 0) return this.store.readEach(tenant, places);
    const found = new Map(
      await this.store.readEach(
        tenant,
        places.filter((place) => !measured.includes(place)),
      ),
    );
    for (const { type, id, version } of measured) {
      const one = await (version === undefined
        ? this.read(tenant, type, id)
        : this.readVersion(tenant, type, id, version));
      if (one !== undefined) found.set(version === undefined ? `${type}/${id}` : `${type}/${id}/${version}`, one);
    }
    return found;
  }

  history(tenant: number, request: HistoryRequest): ReturnType<FhirRepository['history']> {
    const { of } = request;
    if (of.kind === 'instance' && isMeasurementId(of.type, of.id)) return this.measured.history(tenant, of.id, request);
    return this.store.history(tenant, request);
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
