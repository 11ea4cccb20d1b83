import type { ClientBase } from 'pg';
import { twinKey } from '#libs/contracts';
import { initialTwin, readTwin, type Catalogue, type StoredTwin, type TwinState } from '#libs/domain/twin';
import { loadRecordedAt, loadTwins, tenantThresholds, type LoadedTwin } from '#libs/platform/storage';
import type { Group } from './read-records.js';
import type { UnreadableRow } from '../quarantine/quarantine.js';
import type { HeldTwin, TwinCache } from './twin-cache.js';

export interface HeldTwins {
  /** By the key of the patient. */
  readonly held: ReadonlyMap<string, HeldTwin>;
  readonly unreadable: readonly UnreadableRow[];
}

/** The twins of a chunk: from the cache where it holds them, else in one query. What cannot be read is named and does not concern the others. */
export async function holdTwins(
  client: ClientBase,
  catalogue: Catalogue,
  cache: Pick<TwinCache, 'get'>,
  groups: ReadonlyMap<string, Group>,
): Promise<HeldTwins> {
  const held = new Map<string, HeldTwin>();
  const missing: { tenant: number; patient: string }[] = [];
  for (const { patient, partition, entries } of groups.values()) {
    const twin = cache.get(partition, patient);
    if (twin !== undefined) held.set(patient, twin);
    else missing.push({ tenant: entries[0]!.input.tenant, patient: entries[0]!.input.patient });
  }
  if (missing.length === 0) return { held, unreadable: [] };
  const rows = await loadTwins(client, missing);
  const limits = await limitsOfNew(client, rows);
  const read = rows.map((row) => ({ row, stored: stateOf(catalogue, row, limits.get(row.tenant) ?? []) }));
  const unreadable = read.flatMap(({ row: { tenant, patient, key }, stored }) =>
    stored.kind === 'twin' ? [] : [{ tenant, patient, key, reason: stored.reason }],
  );
  const twins = read.flatMap(({ row, stored }) => (stored.kind === 'twin' ? [{ row, state: stored.state }] : []));
  const places = twins.flatMap(({ row, state }) => placesOf(row, state));
  const recordedAt = await loadRecordedAt(client, places);
  const recorded = new Map<string, Record<string, number>>();
  places.forEach((place, index) => {
    const at = recordedAt[index];
    if (at === undefined) return;
    const id = `${place.tenant}/${place.twin}`;
    recorded.set(id, { ...recorded.get(id), [place.code]: at });
  });
  for (const { row, state } of twins) {
    held.set(twinKey(row.tenant, 'patient', row.patient), {
      key: row.key,
      state,
      recorded: recorded.get(`${row.tenant}/${row.key}`) ?? {},
      armed: undefined,
      size: row.snapshot?.length ?? 500,
    });
  }
  return { held, unreadable };
}

type TenantLimits = NonNullable<Parameters<typeof initialTwin>[3]>;

function stateOf(catalogue: Catalogue, row: LoadedTwin, limits: TenantLimits): StoredTwin {
  const { snapshot } = row;
  if (snapshot !== null) return readTwin(catalogue, snapshot, row);
  return { kind: 'twin', state: initialTwin(catalogue, row.tenant, row.patient, limits) };
}

/** Limits of the tenants whose twins are new. Read after the twins were made: see `setTenantThresholds`. */
async function limitsOfNew(
  client: ClientBase,
  rows: readonly LoadedTwin[],
): Promise<ReadonlyMap<number, TenantLimits>> {
  const tenants = [...new Set(rows.filter((row) => row.snapshot === null).map((row) => row.tenant))];
  const limits = new Map<number, TenantLimits>();
  if (tenants.length === 0) return limits;
  for (const tenant of tenants) {
    const set = await tenantThresholds(client, tenant);
    limits.set(
      tenant,
      set.map(({ rule, limits: own, author, reason, expiresAt }) => ({
        rule,
        limits: own,
        author,
        reason,
        ...(expiresAt === null ? {} : { expiresAt }),
      })),
    );
  }
  return limits;
}

function placesOf(row: LoadedTwin, state: TwinState) {
  return Object.entries(state.measures).flatMap(([code, { latest }]) => {
    if (latest === null) return [];
    // It stands in the store at its effective time, which may differ from the time at which it is judged.
    const { identity, version, t: at, ahead = 0 } = latest;
    return [{ tenant: row.tenant, twin: row.key, code: Number(code), t: at + ahead, identity, version }];
  });
}
