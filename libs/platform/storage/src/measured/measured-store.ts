import type { Pool } from 'pg';
import {
  measurementKeyOf,
  storedObservation,
  type HistoryPage,
  type HistoryRequest,
  type StoredResource,
} from '#libs/fhir-rest';
import { MAX_VERSIONS, measuredVersion, measuredVersions } from './measured-versions.js';

/** Measurements of wearable senders as Observations of `/fhir/r4`, by ids of {@link isMeasurementId}. Nothing of them is stored as a resource. */
export class MeasuredStore {
  constructor(private readonly pool: Pool) {}

  /** The current version. */
  async read(tenant: number, id: string): Promise<StoredResource | undefined> {
    return (await this.versions(tenant, id, 1))[0];
  }

  readVersion(tenant: number, id: string, version: number): Promise<StoredResource | undefined> {
    return measuredVersion(this.pool, tenant, id, version);
  }

  /** Of one measurement. */
  async history(tenant: number, id: string, { count, since, at, after }: HistoryRequest): Promise<HistoryPage> {
    const all = await this.versions(tenant, id, MAX_VERSIONS);
    const matching = all.filter(({ lastUpdated }, index) => {
      const replacedAt = all[index - 1]?.lastUpdated ?? Infinity;
      return (
        lastUpdated >= (since ?? -Infinity) && (at === undefined || (lastUpdated <= at.to && replacedAt > at.from))
      );
    });
    const behind = matching.filter(({ version }) => version < (after?.version ?? Infinity));
    const versions = behind.slice(0, count).map((one) => ({ ...one, created: one.version === 1 }));
    return { versions, more: behind.length > count, total: matching.length };
  }

  private async versions(tenant: number, id: string, limit: number): Promise<readonly StoredResource[]> {
    const key = measurementKeyOf(id);
    if (key === undefined) return [];
    return (await measuredVersions(this.pool, tenant, key, limit)).map(storedObservation);
  }
}
