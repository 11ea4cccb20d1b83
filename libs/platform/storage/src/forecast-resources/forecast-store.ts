import type { Pool, PoolClient } from 'pg';
import {
  forecastKeyOf,
  isForecastId,
  storedAssessment,
  storedForecastProvenance,
  type CurrentResource,
  type HistoryPage,
  type HistoryRequest,
  type StoredResource,
} from '#libs/fhir-rest';
import { versionsPage } from '../derived/versions-page.js';
import { forecastVersions, type ForecastSource } from './forecast-values.js';

/** Forecasts that one history reaches back over. */
export const MAX_FORECASTS = 1_000;

/** Forecasts of models as RiskAssessments of `/fhir/r4` with their Provenances, by ids of {@link isForecastId}. Nothing of them is stored as a resource. */
export class ForecastStore {
  constructor(
    private readonly db: Pool | PoolClient,
    private readonly sources: readonly ForecastSource[],
  ) {}

  keeps(type: string, id: string): boolean {
    return isForecastId(type, id);
  }

  /** The newest forecast. */
  async read(tenant: number, type: string, id: string): Promise<StoredResource | undefined> {
    return (await this.versions(tenant, type, id, 1))[0];
  }

  async readVersion(tenant: number, type: string, id: string, version: number): Promise<StoredResource | undefined> {
    return (await this.versions(tenant, type, id, MAX_FORECASTS)).find((one) => one.version === version);
  }

  /** The forecasts of one measure by one model, the newest first. */
  async history(tenant: number, type: string, id: string, request: HistoryRequest): Promise<HistoryPage> {
    const all = await this.versions(tenant, type, id, MAX_FORECASTS);
    return versionsPage(all, request, () => false);
  }

  /** The current versions of those of these resources that are forecasts. */
  async current(
    tenant: number,
    asked: readonly { readonly type: string; readonly id: string }[],
  ): Promise<readonly CurrentResource[]> {
    const own = asked.filter(({ type, id }) => isForecastId(type, id));
    const found = await Promise.all(own.map(({ type, id }) => this.read(tenant, type, id)));
    return found.flatMap((one) => (one === undefined ? [] : [{ ...one, patient: null }]));
  }

  private async versions(tenant: number, type: string, id: string, limit: number): Promise<readonly StoredResource[]> {
    const key = forecastKeyOf(id);
    if (key === undefined) return [];
    const values = await forecastVersions(this.db, tenant, key, this.sources, limit);
    return values.map(type === 'Provenance' ? storedForecastProvenance : storedAssessment);
  }
}
