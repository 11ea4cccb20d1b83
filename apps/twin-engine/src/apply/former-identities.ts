import { identityOf } from '#libs/domain/quantities';
import type { StoredMeasurement } from '#libs/domain/twin';
import type { Lookups } from './lookups.js';

/** An identity of a FHIR resource's value that is not stored, though its resource has earlier versions. */
export interface AbsentIdentity {
  readonly tenant: number;
  readonly twin: string;
  readonly identity: string;
  /** The source identifier: `Observation/<id>#<measure>`. */
  readonly id: string;
  readonly code: number;
  readonly t: number;
}

/**
 * Earlier versions of this software stored the values of a FHIR resource under the name of the client that wrote it. Looks for them
 * under the name of every client of the tenant, so that a correction or withdrawal by anybody meets them. Asked only for values that
 * are not found under the resource's own identity (docs/adr/0014).
 *
 * @returns by `tenant/twin/identity`; only where there are any
 */
export async function loadFormer(
  absent: readonly AbsentIdentity[],
  lookups: Pick<Lookups, 'identities' | 'clients'>,
): Promise<ReadonlyMap<string, readonly StoredMeasurement[]>> {
  const found = new Map<string, StoredMeasurement[]>();
  if (absent.length === 0) return found;
  const clients = await lookups.clients([...new Set(absent.map(({ tenant }) => tenant))]);
  const wanted = absent.flatMap(({ id, ...one }) =>
    (clients.get(one.tenant) ?? []).map((source) => {
      const { tenant, twin, code, t } = one;
      const identity = identityOf({ source, device: '', code, t, id });
      return { key: `${tenant}/${twin}/${one.identity}`, want: { tenant, twin, identity, code, t } };
    }),
  );
  const stored = await lookups.identities(wanted.map(({ want }) => want));
  wanted.forEach(({ key }, index) => {
    const one = stored[index];
    if (one !== undefined) found.set(key, [...(found.get(key) ?? []), one]);
  });
  return found;
}
