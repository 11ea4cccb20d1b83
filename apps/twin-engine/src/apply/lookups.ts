import type { StoredMeasurement } from '#libs/domain/twin';
import type { LoadedWindow, WantedIdentity, WantedWindow } from '#libs/platform/storage';

export interface Lookups {
  /** Ids of the tenants' clients: the names under which earlier versions of this software stored what came as FHIR. */
  clients(tenants: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>>;
  identities(wanted: readonly WantedIdentity[]): Promise<readonly (StoredMeasurement | undefined)[]>;
  windows(wanted: readonly WantedWindow[]): Promise<readonly LoadedWindow[]>;
}
