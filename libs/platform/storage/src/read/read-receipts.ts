import type { ClientBase, Pool } from 'pg';
import type { ActRecord, Alert, FactKind, WireFact, WireThreshold } from '#libs/contracts';
import type { StoredMeasurement } from '#libs/domain/twin';
import { COLUMNS, SOURCE, toStored, type StoredRow } from '../engine/load-measurements.js';

/** What the tables have of one patient, for making the twin anew. All of it is read in the caller's transaction. */
export interface TwinPlace {
  readonly tenant: number;
  readonly key: string;
  readonly patient: string;
}

/** A twin's row without its snapshot; times in ms. */
export interface TwinRowHead extends TwinPlace {
  readonly version: number;
  readonly createdAt: number;
  /** When the twin was last written. */
  readonly updatedAt: number;
}

const ROWS_AT_ONCE = 2_000;

const HEAD = `t.tenant, t.key::text AS key, t.patient, t.version::float8 AS version,
  round(extract(epoch FROM t.created_at) * 1000)::float8 AS "createdAt", round(extract(epoch FROM t.updated_at) * 1000)::float8 AS "updatedAt"`;

export async function twinHead(client: ClientBase, { tenant, key }: TwinPlace): Promise<TwinRowHead | undefined> {
  const { rows } = await client.query<TwinRowHead>(
    `SELECT ${HEAD} FROM twins AS t WHERE t.tenant = $1 AND t.key = $2`,
    [tenant, key],
  );
  return rows[0];
}

/** Twins with a state, of a tenant (all when absent) and patient, by key; `quarantined`: only those in quarantine. */
export async function twinHeads(
  client: ClientBase | Pool,
  asked: { readonly tenant?: string | undefined; readonly patient?: string | undefined; readonly quarantined: boolean },
): Promise<readonly TwinRowHead[]> {
  const { rows } = await client.query<TwinRowHead>(
    `SELECT ${HEAD}
     FROM twins AS t JOIN tenants AS o ON o.key = t.tenant
     WHERE t.snapshot IS NOT NULL AND ($1::text IS NULL OR o.id = $1) AND ($2::text IS NULL OR t.patient = $2)
       AND (NOT $3 OR EXISTS (SELECT 1 FROM quarantined_twins AS q WHERE q.tenant = t.tenant AND q.patient = t.patient))
     ORDER BY t.tenant, t.key`,
    [asked.tenant ?? null, asked.patient ?? null, asked.quarantined],
  );
  return rows;
}

/** Every stored twin of a tenant (all when absent), a few at a time. */
export async function* storedSnapshots(
  db: Pool,
  tenant: string | undefined,
): AsyncGenerator<TwinRowHead & { readonly snapshot: string }> {
  for (let after: readonly [number, string] = [0, '0']; ;) {
    const { rows } = await db.query<TwinRowHead & { snapshot: string }>(
      `SELECT ${HEAD}, t.snapshot FROM twins AS t JOIN tenants AS o ON o.key = t.tenant
       WHERE t.snapshot IS NOT NULL AND ($1::text IS NULL OR o.id = $1) AND (t.tenant, t.key) > ($2::int4, $3::int8)
       ORDER BY t.tenant, t.key LIMIT 200`,
      [tenant ?? null, ...after],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.tenant, last.key];
  }
}

/** Every version of every measurement, in order of receipt. A cursor: the transaction must be open, and is used by it meanwhile. */
export async function* receivedMeasurements(
  client: ClientBase,
  { tenant, key }: TwinPlace,
): AsyncGenerator<StoredMeasurement & { readonly recordedAt: number }> {
  // A cursor takes no parameters.
  const [t, k] = [Math.trunc(tenant), BigInt(key)];
  await client.query(`DECLARE received NO SCROLL CURSOR FOR
    SELECT 0::float8 AS ord, ${COLUMNS}, round(extract(epoch FROM m.recorded_at) * 1000)::float8 AS recorded
    FROM measurements AS m ${SOURCE} WHERE m.tenant = ${t} AND m.twin = ${k}
    ORDER BY m.received_at, m.recorded_at, m.version, m.effective_at, m.identity`);
  for (;;) {
    const { rows } = await client.query<StoredRow & { recorded: number }>(`FETCH ${ROWS_AT_ONCE} FROM received`);
    for (const { recorded, ...row } of rows) yield { ...toStored(row), recordedAt: recorded };
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE received');
}

/** One version of a measurement. */
export async function measurementVersion(
  client: ClientBase,
  { tenant, key }: TwinPlace,
  identity: string,
  version: number,
): Promise<StoredMeasurement | undefined> {
  const { rows } = await client.query<StoredRow>(
    `SELECT 0::float8 AS ord, ${COLUMNS} FROM measurements AS m ${SOURCE}
     WHERE m.tenant = $1 AND m.twin = $2 AND m.identity = $3::uuid AND m.version = $4`,
    [tenant, key, identity, version],
  );
  return rows[0] === undefined ? undefined : toStored(rows[0]);
}

/** Every version of every fact with when it was received (ms), in that order. */
export async function receivedFacts(
  client: ClientBase,
  { tenant, key }: TwinPlace,
): Promise<readonly { readonly receivedAt: number; readonly fact: WireFact }[]> {
  const { rows } = await client.query<{
    receivedAt: number;
    kind: FactKind;
    reference: string;
    version: number;
    content: WireFact['content'];
    retracted: boolean;
    from: number | null;
    to: number | null;
  }>(
    `SELECT round(extract(epoch FROM coalesce(v.last_updated, f.recorded_at)) * 1000)::float8 AS "receivedAt", f.kind, f.reference, f.version, f.content, f.retracted,
       (extract(epoch FROM f.effective_from) * 1000)::float8 AS "from", (extract(epoch FROM f.effective_to) * 1000)::float8 AS "to"
     FROM facts AS f LEFT JOIN fhir_resource_versions AS v ON v.tenant = f.tenant AND v.version = f.version
       AND v.type = split_part(f.reference, '/', 1) AND v.id = split_part(f.reference, '/', 2)
     WHERE f.tenant = $1 AND f.twin = $2 ORDER BY 1, f.recorded_at, f.version, f.reference`,
    [tenant, key],
  );
  return rows.map(({ receivedAt, kind, reference, version, content, retracted, from, to }) => ({
    receivedAt,
    fact: {
      fact: kind,
      reference,
      version,
      content,
      ...(from === null ? undefined : { from }),
      ...(to === null ? undefined : { to }),
      ...(retracted ? { withdrawn: true as const } : undefined),
    },
  }));
}

/**
 * What people did that concerns the twin and had an effect on it before `until` (ms), in order. An act on an alert counts when its transition
 * is there; one that still waits to be applied does not.
 */
export async function appliedActs(
  client: ClientBase,
  { tenant, key, patient }: TwinPlace,
  since: number,
  until: number,
): Promise<readonly ActRecord[]> {
  const { rows } = await client.query<{
    id: string;
    at: number;
    actor: string;
    onBehalfOf: string | null;
    detail: ActRecord['does'];
  }>(
    `SELECT a.id::text AS id, round(extract(epoch FROM a.at) * 1000)::float8 AS at, a.actor, a.on_behalf_of AS "onBehalfOf", a.detail
     FROM audit AS a WHERE a.tenant = $1 AND a.at <= to_timestamp($5::float8 / 1000) AND (
       (a.act IN ('set-thresholds', 'set-monitoring') AND a.target = 'Patient/' || $3)
       OR (a.act = 'set-tenant-thresholds' AND a.target = 'Tenant' AND a.at > to_timestamp($4::float8 / 1000))
       OR (a.act IN ('acknowledge', 'snooze', 'resolve') AND EXISTS (
         SELECT 1 FROM alert_episodes AS e JOIN alert_transitions AS s ON s.tenant = e.tenant AND s.episode = e.id
         WHERE e.tenant = a.tenant AND e.twin = $2 AND e.id::text = a.detail->>'episode' AND s.at = a.at)))
     ORDER BY a.at, a.id`,
    [tenant, key, patient, since, until],
  );
  const waiting = await waitingActs(client, { tenant, key, patient });
  return rows
    .filter(({ id }) => !waiting.has(id))
    .map(({ id, at, actor, onBehalfOf, detail }) => ({
      v: 1,
      kind: 'act',
      tenant,
      patient,
      receivedAt: at,
      act: id,
      actor,
      ...(onBehalfOf === null ? undefined : { onBehalfOf }),
      does: detail,
    }));
}

async function waitingActs(client: ClientBase, { tenant, patient }: TwinPlace): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ value: string }>(
    `SELECT value FROM deferred_records WHERE tenant = $1 AND patient = $2 AND value LIKE '%"kind":"act"%'`,
    [tenant, patient],
  );
  return new Set(rows.map(({ value }) => (JSON.parse(value) as Partial<ActRecord>).act ?? ''));
}

/** Limits of the tenant as they were at a time (ms), newest of each rule, as a new twin takes them. */
export async function tenantLimitsAt(
  client: ClientBase,
  tenant: number,
  at: number,
): Promise<readonly (WireThreshold & { readonly author: string })[]> {
  const { rows } = await client.query<{
    rule: string;
    limits: WireThreshold['limits'];
    author: string;
    reason: string;
    expiresAt: number | null;
  }>(
    `SELECT DISTINCT ON (rule) rule, CASE WHEN jsonb_typeof(limits) = 'object' THEN limits END AS limits, author, reason,
       (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt"
     FROM tenant_thresholds WHERE tenant = $1 AND recorded_at <= to_timestamp($2::float8 / 1000) ORDER BY rule, version DESC`,
    [tenant, at],
  );
  return rows.map(({ expiresAt, ...row }) => ({ ...row, ...(expiresAt === null ? undefined : { expiresAt }) }));
}

/** Episodes of the twin that were emitted, and ids of those that were only numbered. */
export async function emittedEpisodes(
  client: ClientBase,
  { tenant, key }: TwinPlace,
): Promise<{
  readonly emitted: readonly {
    readonly id: string;
    readonly rule: string;
    readonly closed: boolean;
    readonly sequence: number;
    readonly alert: Alert;
  }[];
  readonly suppressed: readonly { readonly id: string; readonly rule: string }[];
}> {
  const emitted = await client.query<{ id: string; rule: string; closed: boolean; sequence: number; alert: Alert }>(
    'SELECT id::text AS id, rule, closed, sequence, alert FROM alert_episodes WHERE tenant = $1 AND twin = $2',
    [tenant, key],
  );
  const suppressed = await client.query<{ id: string; rule: string }>(
    'SELECT DISTINCT episode::text AS id, rule FROM alert_suppressions WHERE tenant = $1 AND twin = $2',
    [tenant, key],
  );
  return { emitted: emitted.rows, suppressed: suppressed.rows };
}

/** Sets the twin's timers to exactly these (due times in ms). */
export async function replaceTimers(
  client: ClientBase,
  { tenant, key, patient }: TwinPlace,
  timers: Readonly<Record<string, number>>,
): Promise<void> {
  await client.query('DELETE FROM twin_timers WHERE tenant = $1 AND twin = $2', [tenant, key]);
  for (const [timer, due] of Object.entries(timers))
    await client.query(
      'INSERT INTO twin_timers (tenant, twin, timer, patient, due_at) VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))',
      [tenant, key, timer, patient, due],
    );
}
