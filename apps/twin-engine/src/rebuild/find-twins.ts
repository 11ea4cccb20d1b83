import type { Pool } from 'pg';
import { readTwin, type Catalogue } from '#libs/domain/twin';
import { storedSnapshots, twinHeads, type TwinRowHead } from '#libs/platform/storage';

export interface Asked {
  readonly tenant?: string | undefined;
  readonly patient?: string | undefined;
  readonly all: boolean;
}

/** The twins to rebuild: of this patient, all, or those that cannot be read, whether an engine has met them or not. */
export async function findTwins(
  pool: Pool,
  catalogue: Catalogue,
  { tenant, patient, all }: Asked,
): Promise<readonly TwinRowHead[]> {
  if (patient !== undefined || all) return twinHeads(pool, { tenant, patient, quarantined: false });
  const found = [...(await twinHeads(pool, { tenant, quarantined: true }))];
  const known = new Set(found.map(({ tenant: key, key: twin }) => `${key}/${twin}`));
  for await (const { snapshot, ...head } of storedSnapshots(pool, tenant))
    if (readTwin(catalogue, snapshot, head).kind !== 'twin' && !known.has(`${head.tenant}/${head.key}`))
      found.push(head);
  return found;
}
