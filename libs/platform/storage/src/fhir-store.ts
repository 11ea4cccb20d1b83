import type { Pool, PoolClient } from 'pg';

/** The current version of a resource, or one of its earlier ones. */
export interface StoredResource {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  /** The JSON text as it was answered, digits of decimals included; '' for a deletion. */
  readonly content: string;
  /** ms since 1970 */
  readonly lastUpdated: number;
}

/** The current version, with the Patient it belongs to. */
export interface CurrentResource extends StoredResource {
  readonly patient: string | null;
}

/** What a request must know before it writes. All lists may hold doubles and be in any order. */
export interface FhirLookups {
  /** Resources that the request may write: locked until the transaction ends. */
  readonly lock: readonly { readonly type: string; readonly id: string }[];
  /** Resources that the request only reads. */
  readonly read: readonly { readonly type: string; readonly id: string }[];
  /** Ids of Patients that must be there. */
  readonly patients: readonly string[];
  /** Ids of Devices whose patient is asked for. */
  readonly devices: readonly string[];
}

export interface FhirKnown {
  /** By `Type/id`; deleted ones included. */
  readonly resources: ReadonlyMap<string, CurrentResource>;
  /** Those of the asked Patients that exist and are not deleted. */
  readonly patients: ReadonlySet<string>;
  /** Device id → Patient id, for those of the asked Devices that have one. */
  readonly devicePatients: ReadonlyMap<string, string>;
}

export interface Identifier {
  readonly system: string;
  readonly value: string;
}

/**
 * A new version of a resource: version 1 for a new one, else the locked version + 1 (or more, when one request writes it several
 * times).
 */
export interface ResourceChange extends CurrentResource {
  /** For Patients: makes the twin, or moves its birth date. */
  readonly twin?: { readonly birthDate: string | null };
  /** For Devices: the patient they are on now; null takes the device off. */
  readonly devicePatient?: string | null;
  readonly identifiersAdded?: readonly Identifier[];
  readonly identifiersRemoved?: readonly Identifier[];
}

/** `refused` rolls back: nothing of the request stays. */
export type Verdict<T> =
  { readonly kind: 'commit'; readonly value: T } | { readonly kind: 'refused'; readonly value: T };

/** The transaction lost against others every time, or waited too long for a row; the client may repeat the request. */
export class FhirStoreBusyError extends Error {
  override readonly name = 'FhirStoreBusyError';
}

const MOST_ATTEMPTS = 6;

/** A request that loses its client or hangs must not hold row locks: the server ends it after these times. */
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '10s'`;

/**
 * FHIR resources in Postgres. Every call names the tenant; another tenant's resource is as good as absent.
 * A request holds one connection at most, takes row locks in the order of (type, id), and appends to the log last.
 */
export class FhirStore {
  constructor(private readonly pool: Pool) {}

  /**
   * Runs `work` in one transaction, again from the start when it lost a race (serialization, deadlock, or another request
   * made the same resource first). `work` must have no effect but through its client.
   * @throws FhirStoreBusyError when every attempt lost
   */
  async transact<T>(work: (transaction: FhirTransaction) => Promise<Verdict<T>>): Promise<T> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const outcome = await this.attempt(work);
      if (outcome.kind === 'done') return outcome.value;
      await pause(attempt);
    }
    throw new FhirStoreBusyError('the transaction lost against others too often');
  }

  private async attempt<T>(
    work: (transaction: FhirTransaction) => Promise<Verdict<T>>,
  ): Promise<{ kind: 'done'; value: T } | { kind: 'lost' }> {
    const client = await this.pool.connect();
    let broken = false;
    // Its statements reject, too; without a listener the connection's end would end the process.
    const onEnd = (): void => void (broken = true);
    client.on('error', onEnd);
    try {
      await client.query(BEGIN);
      const verdict = await work(new FhirTransaction(client));
      await client.query(verdict.kind === 'commit' ? 'COMMIT' : 'ROLLBACK');
      return { kind: 'done', value: verdict.value };
    } catch (error) {
      // A connection that can not even roll back is thrown away, never given to the next request.
      await client.query('ROLLBACK').catch(() => (broken = true));
      if (lostRace(error)) return { kind: 'lost' };
      if (sqlState(error) === LOCK_NOT_AVAILABLE) throw new FhirStoreBusyError('a row stayed locked for too long');
      throw error;
    } finally {
      client.off('error', onEnd);
      client.release(broken);
    }
  }

  /** The current version, deleted or not. */
  async read(tenant: number, type: string, id: string): Promise<StoredResource | undefined> {
    const { rows } = await this.pool.query<Row>({ name: 'fhir-read', text: READ, values: [tenant, type, id] });
    return rows[0] === undefined ? undefined : toStored(rows[0]);
  }

  async readVersion(tenant: number, type: string, id: string, version: number): Promise<StoredResource | undefined> {
    const { rows } = await this.pool.query<Row>({
      name: 'fhir-read-version',
      text: `${HISTORY} SELECT * FROM versions WHERE version = $4`,
      values: [tenant, type, id, version],
    });
    return rows[0] === undefined ? undefined : toStored(rows[0]);
  }

  /** Versions from the newest on, those below `before` (exclusive) if given. `total` counts all of them. */
  async history(
    tenant: number,
    type: string,
    id: string,
    page: { readonly count: number; readonly before?: number },
  ): Promise<{ readonly total: number; readonly versions: readonly StoredResource[] }> {
    const { rows } = await this.pool.query<Row & { total: number }>({
      name: 'fhir-history',
      text: `${HISTORY} SELECT *, (SELECT count(*) FROM versions)::int AS total FROM versions
             WHERE version < $4 ORDER BY version DESC LIMIT $5`,
      values: [tenant, type, id, page.before ?? 2 ** 31 - 1, page.count],
    });
    return { total: rows[0]?.total ?? 0, versions: rows.map(toStored) };
  }
}

/** The statements of one request, on its one connection. */
export class FhirTransaction {
  constructor(
    /** For appending to the log in the same transaction, after {@link write}. */
    readonly client: PoolClient,
  ) {}

  /** Everything the request must know, in one statement (none when there is nothing to ask). */
  async look(tenant: number, lookups: FhirLookups): Promise<FhirKnown> {
    const resources = new Map<string, CurrentResource>();
    const patients = new Set<string>();
    const devicePatients = new Map<string, string>();
    const { lock, read } = lookups;
    if (lock.length + read.length + lookups.patients.length + lookups.devices.length > 0) {
      const { rows } = await this.client.query<LookRow>({
        name: 'fhir-look',
        text: LOOK,
        values: [
          tenant,
          lock.map((key) => key.type),
          lock.map((key) => key.id),
          read.map((key) => key.type),
          read.map((key) => key.id),
          [...new Set(lookups.patients)],
          [...new Set(lookups.devices)],
        ],
      });
      for (const row of rows) {
        if (row.found === 'patient') patients.add(row.id);
        else if (row.found === 'device') devicePatients.set(row.id, row.patient ?? '');
        else resources.set(`${row.type}/${row.id}`, { ...toStored(row), patient: row.patient });
      }
    }
    return { resources, patients, devicePatients };
  }

  /**
   * Writes all changes of the request: one statement for new resources and one for changed ones, whatever their number.
   * The row of every changed resource must have been locked by {@link look}.
   */
  async write(tenant: number, changes: readonly ResourceChange[]): Promise<void> {
    const sorted = [...changes].sort(byKeyAndVersion);
    const passed = sorted.filter((change, at) => sameResource(change, sorted[at + 1]));
    const firstVersions = new Set(sorted.filter((change) => change.version === 1).map(keyOf));
    const newest = passed.length === 0 ? sorted : foldByResource(sorted);
    const created = newest.filter((change) => firstVersions.has(keyOf(change)));
    const changed = newest.filter((change) => !firstVersions.has(keyOf(change)));
    if (created.length > 0) await this.insert(tenant, created);
    if (changed.length > 0) await this.update(tenant, changed);
    if (passed.length > 0) await this.keepPassed(tenant, passed);
  }

  private async insert(tenant: number, changes: readonly ResourceChange[]): Promise<void> {
    await this.client.query({
      name: 'fhir-insert',
      text: INSERT,
      values: [tenant, ...columns(changes), ...sideColumns(changes)],
    });
  }

  private async update(tenant: number, changes: readonly ResourceChange[]): Promise<void> {
    const removed = changes.flatMap((change) =>
      (change.identifiersRemoved ?? []).map((one) => ({ ...one, ...keyParts(change) })),
    );
    await this.client.query({
      name: 'fhir-update',
      text: UPDATE,
      values: [
        tenant,
        ...columns(changes),
        ...sideColumns(changes),
        removed.map((one) => one.type),
        removed.map((one) => one.system),
        removed.map((one) => one.value),
        removed.map((one) => one.id),
        changes.filter((change) => change.devicePatient === null).map((change) => change.id),
      ],
    });
  }

  /** Versions that the same request has already replaced (a batch may write a resource several times). */
  private async keepPassed(tenant: number, changes: readonly ResourceChange[]): Promise<void> {
    await this.client.query({ name: 'fhir-passed', text: PASSED, values: [tenant, ...columns(changes)] });
  }
}

function columns(changes: readonly ResourceChange[]): unknown[] {
  return [
    changes.map((change) => change.type),
    changes.map((change) => change.id),
    changes.map((change) => change.version),
    changes.map((change) => change.deleted),
    changes.map((change) => change.patient),
    changes.map((change) => change.content),
    changes.map((change) => new Date(change.lastUpdated)),
  ];
}

function sideColumns(changes: readonly ResourceChange[]): unknown[] {
  const twins = changes.filter((change) => change.twin !== undefined);
  const devices = changes.filter((change) => typeof change.devicePatient === 'string');
  const added = changes.flatMap((change) =>
    (change.identifiersAdded ?? []).map((one) => ({ ...one, ...keyParts(change) })),
  );
  return [
    twins.map((change) => change.id),
    twins.map((change) => change.twin?.birthDate ?? null),
    devices.map((change) => change.id),
    devices.map((change) => change.devicePatient),
    added.map((one) => one.type),
    added.map((one) => one.system),
    added.map((one) => one.value),
    added.map((one) => one.id),
  ];
}

/** The newest change of each resource, with what its earlier ones in the same request did beside. */
function foldByResource(sorted: readonly ResourceChange[]): ResourceChange[] {
  const newest: ResourceChange[] = [];
  for (const change of sorted) {
    const before = newest.at(-1);
    if (before === undefined || !sameResource(before, change)) newest.push(change);
    else newest[newest.length - 1] = { ...before, ...change, ...netIdentifiers(before, change) };
  }
  return newest;
}

function netIdentifiers(first: ResourceChange, then: ResourceChange): Partial<ResourceChange> {
  const without = (these: readonly Identifier[] = [], those: readonly Identifier[] = []): Identifier[] =>
    these.filter((one) => !those.some((other) => one.system === other.system && one.value === other.value));
  return {
    identifiersAdded: [
      ...without(first.identifiersAdded, then.identifiersRemoved),
      ...without(then.identifiersAdded, first.identifiersRemoved),
    ],
    identifiersRemoved: [
      ...without(first.identifiersRemoved, then.identifiersAdded),
      ...without(then.identifiersRemoved, first.identifiersAdded),
    ],
  };
}

function keyParts(change: ResourceChange): { type: string; id: string } {
  return { type: change.type, id: change.id };
}

function keyOf(change: ResourceChange): string {
  return `${change.type}/${change.id}`;
}

function sameResource(a: ResourceChange, b: ResourceChange | undefined): boolean {
  return b !== undefined && a.type === b.type && a.id === b.id;
}

function byKeyAndVersion(a: ResourceChange, b: ResourceChange): number {
  if (a.type !== b.type) return a.type < b.type ? -1 : 1;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.version - b.version;
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Serialization failure, deadlock, or a unique key: somebody else made the same resource in between. */
function lostRace(error: unknown): boolean {
  return ['40001', '40P01', '23505'].includes(sqlState(error));
}

function sqlState(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
}

interface Row {
  type: string;
  id: string;
  version: number;
  deleted: boolean;
  content: string;
  updated_ms: number;
}

type LookRow = Row & { patient: string | null; found: 'resource' | 'patient' | 'device' };

function toStored(row: Row): StoredResource {
  return {
    type: row.type,
    id: row.id,
    version: row.version,
    deleted: row.deleted,
    content: row.content,
    lastUpdated: row.updated_ms,
  };
}

const COLUMNS = `type, id, version, deleted, content, (extract(epoch FROM last_updated) * 1000)::float8 AS updated_ms`;

const READ = `SELECT ${COLUMNS} FROM fhir_resources WHERE tenant = $1 AND type = $2 AND id = $3`;

const HISTORY = `WITH versions AS (
  SELECT ${COLUMNS} FROM fhir_resources WHERE tenant = $1 AND type = $2 AND id = $3
  UNION ALL
  SELECT ${COLUMNS} FROM fhir_resource_versions WHERE tenant = $1 AND type = $2 AND id = $3)`;

// The locks are taken in the order of the sort: two requests never wait for each other in a circle.
const LOOK = `
WITH locked AS (
  SELECT r.* FROM fhir_resources r
  WHERE r.tenant = $1 AND (r.type, r.id) IN (SELECT * FROM unnest($2::text[], $3::text[]))
  ORDER BY r.type COLLATE "C", r.id COLLATE "C" FOR UPDATE
), seen AS (
  SELECT r.* FROM fhir_resources r
  WHERE r.tenant = $1 AND (r.type, r.id) IN (SELECT * FROM unnest($4::text[], $5::text[]))
)
SELECT 'resource' AS found, patient, ${COLUMNS} FROM locked
UNION ALL SELECT 'resource', patient, ${COLUMNS} FROM seen
UNION ALL SELECT 'patient', id, 'Patient', id, version, deleted, '', 0 FROM fhir_resources
  WHERE tenant = $1 AND type = 'Patient' AND id = ANY ($6::text[]) AND NOT deleted
UNION ALL SELECT 'device', patient, 'Device', device, 0, false, '', 0 FROM device_patients
  WHERE tenant = $1 AND device = ANY ($7::text[])`;

const CHANGES = `unnest($2::text[], $3::text[], $4::int[], $5::bool[], $6::text[], $7::text[], $8::timestamptz[])
  AS w (type, id, version, deleted, patient, content, last_updated)`;

const SIDE = `
twin AS (
  INSERT INTO twins AS t (tenant, patient, birth_date)
  SELECT $1, s.patient, s.birth_date FROM unnest($9::text[], $10::text[]) AS s (patient, birth_date)
  ON CONFLICT (tenant, patient) DO UPDATE SET birth_date = excluded.birth_date, updated_at = now()
  WHERE t.birth_date IS DISTINCT FROM excluded.birth_date
), worn AS (
  INSERT INTO device_patients AS d (tenant, device, patient)
  SELECT $1, s.device, s.patient FROM unnest($11::text[], $12::text[]) AS s (device, patient)
  ON CONFLICT (tenant, device) DO UPDATE SET patient = excluded.patient
), named AS (
  INSERT INTO fhir_identifiers (tenant, type, system, value, id)
  SELECT $1, s.type, s.system, s.value, s.id FROM unnest($13::text[], $14::text[], $15::text[], $16::text[]) AS s (type, system, value, id)
  ON CONFLICT DO NOTHING
)`;

const INSERT = `
WITH ${SIDE}
INSERT INTO fhir_resources (tenant, type, id, version, deleted, patient, content, last_updated)
SELECT $1, w.type, w.id, w.version, w.deleted, w.patient, w.content, w.last_updated FROM ${CHANGES}`;

// All parts of one statement see the rows as they were: "archived" copies what the update replaces.
const UPDATE = `
WITH ${SIDE}, archived AS (
  INSERT INTO fhir_resource_versions (tenant, type, id, version, deleted, content, last_updated)
  SELECT r.tenant, r.type, r.id, r.version, r.deleted, r.content, r.last_updated
  FROM ${CHANGES} JOIN fhir_resources r ON r.tenant = $1 AND r.type = w.type AND r.id = w.id
), unnamed AS (
  DELETE FROM fhir_identifiers i
  USING unnest($17::text[], $18::text[], $19::text[], $20::text[]) AS s (type, system, value, id)
  WHERE i.tenant = $1 AND i.type = s.type AND i.system = s.system AND i.value = s.value AND i.id = s.id
), unworn AS (
  DELETE FROM device_patients d WHERE d.tenant = $1 AND d.device = ANY ($21::text[])
)
UPDATE fhir_resources r
SET version = w.version, deleted = w.deleted, patient = w.patient, content = w.content, last_updated = w.last_updated
FROM ${CHANGES}
WHERE r.tenant = $1 AND r.type = w.type AND r.id = w.id`;

const PASSED = `
INSERT INTO fhir_resource_versions (tenant, type, id, version, deleted, content, last_updated)
SELECT $1, w.type, w.id, w.version, w.deleted, w.content, w.last_updated FROM ${CHANGES}`;
