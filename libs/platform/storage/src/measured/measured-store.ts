import type { Pool, PoolClient } from 'pg';
import {
  isMeasurementId,
  measurementKeyOf,
  storedObservation,
  type HistoryPage,
  type HistoryRequest,
  type StoredResource,
} from '#libs/fhir-rest';
import { versionsPage } from '../derived/versions-page.js';
import { MAX_VERSIONS, measuredVersion, measuredVersions } from './measured-versions.js';

/** Measurements of wearable senders as Observations of `/fhir/r4`, by ids of {@link isMeasurementId}. Nothing of them is stored as a resource. */
export class MeasuredStore {
  constructor(private readonly db: Pool | PoolClient) {}

  keeps(type: string, id: string): boolean {
    return isMeasurementId(type, id);
  }

  /** The current version. */
  async read(tenant: number, _type: string, id: string): Promise<StoredResource | undefined> {
    return (await this.versions(tenant, id, 1))[0];
  }

  readVersion(tenant: number, _type: string, id: string, version: number): Promise<StoredResource | undefined> {
    return measuredVersion(this.db, tenant, id, version);
  }

  /** Of one measurement. */
  async history(tenant: number, _type: string, id: string, request: HistoryRequest): Promise<HistoryPage> {
    return versionsPage(await this.versions(tenant, id, MAX_VERSIONS), request, ({ version }) => version === 1);
  }

  private async versions(tenant: number, id: string, limit: number): Promise<readonly StoredResource[]> {
    const key = measurementKeyOf(id);
    if (key === undefined) return [];
    return (await measuredVersions(this.db, tenant, key, limit)).map(storedObservation);
  }
}
