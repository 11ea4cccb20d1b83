import type { Issue, JsonObject } from '#libs/domain/fhir';
import type { StoredResource } from '../repository/resources.js';
import { isMadeHere, markAt, markedByClient, readOnly } from './mark.js';
import { isForecastId } from './forecasts/forecast-id.js';
import { isMeasurementId } from './measurement-id.js';

/** What a client wants to write or delete. */
interface Wanted {
  readonly type: string;
  readonly id: string;
  readonly at: string;
  /** Absent for a deletion. */
  readonly resource?: JsonObject;
}

/**
 * Why a client may not do that: the resource is made here (403), or the client would mark one of its own as if it were (422).
 *
 * @param before what is stored under the id
 */
export function refusalOfGuard(
  { type, id, at, resource }: Wanted,
  before: StoredResource | undefined,
): { readonly status: number; readonly issues: readonly Issue[] } | undefined {
  const isStored = before !== undefined && !before.deleted && isMadeHere(before.content);
  if (isStored || isMeasurementId(type, id) || isForecastId(type, id)) return { status: 403, issues: [readOnly(at)] };
  const index = resource === undefined ? -1 : markAt(resource);
  return index < 0 ? undefined : { status: 422, issues: [markedByClient(at, index)] };
}
