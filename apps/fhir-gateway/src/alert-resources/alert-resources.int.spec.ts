import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS, twinKey, type Alert, type AlertRecord } from '#libs/contracts';
import { isTransient } from '#libs/platform/messaging';
import { inTransaction, removeOld } from '#libs/platform/storage';
import { alertRecord } from '../../../../test/support/alert-record.js';
import { batch, put, TestFhirGateway, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { communicate } from './communicate.js';
import { fillIn, fillInAgain } from './fill-in.js';
import { writeAlerts } from './write-alerts.js';

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await TestFhirGateway.open(6);
}, 60_000);

afterAll(() => gateway.close());

const TYPES = ['DetectedIssue', 'Flag', 'Provenance'] as const;
const AT = Date.UTC(2026, 10, 29, 6);

/** The records of one alert, a transition each, a minute apart. */
function steps(over: Partial<Alert>, ...transitions: readonly Partial<Alert>[]): AlertRecord[] {
  const episode = over.episode ?? randomUUID();
  return transitions.map((one, index) => {
    const sequence = index + 1;
    const at = AT + index * 60_000;
    const record = alertRecord(
      { id: episode, episode, sequence, effectiveAt: new Date(AT).toISOString(), ...over, ...one },
      at,
    );
    return { ...record, sequence };
  });
}

const RAISED = { transition: 'raised', status: 'open' } as const;
const ESCALATED = {
  transition: 'escalated',
  status: 'open',
  severity: 'high',
  summary: 'Escalated: not acknowledged.',
} as const;
const ACKNOWLEDGED = { transition: 'acknowledged', status: 'acknowledged', acknowledgedBy: 'Practitioner/7' } as const;
const RESOLVED = {
  transition: 'resolved',
  status: 'resolved',
  resolvedAt: new Date(AT + 120_000).toISOString(),
} as const;
const RETRACTED = { transition: 'retracted', status: 'retracted' } as const;

function append(...records: readonly AlertRecord[]): Promise<unknown> {
  return gateway.log.append(
    records.map((record) => ({
      topic: TOPICS.alerts,
      key: twinKey(record.tenant, 'patient', record.patient),
      value: JSON.stringify(record),
    })),
  );
}

// oxlint-disable-next-line typescript/no-explicit-any
async function until(path: string, fits: (json: any) => boolean): Promise<any> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { status, json } = await gateway.send('GET', path);
    if (status === 200 && fits(json)) return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} did not become what was waited for`);
}

const hasVersion = (version: number) => (json: { meta: { versionId: string } }) =>
  json.meta.versionId === String(version);

/** All that is stored of FHIR resources, with what was replaced. */
async function everything(): Promise<unknown> {
  const { rows } = await gateway.pool.query(
    `SELECT type, id, version, content, last_updated FROM fhir_resources
     UNION ALL SELECT type, id, version, content, last_updated FROM fhir_resource_versions ORDER BY 1, 2, 3`,
  );
  return rows;
}

/** Writes once more, in whatever order, what is stored. */
function writeAgain(records: readonly AlertRecord[]): Promise<ReadonlyMap<string, number>> {
  const transitions = records.map(({ tenant, alert, receivedAt }) => ({ tenant, alert, at: receivedAt }));
  return inTransaction(gateway.pool, (client) => writeAlerts(client, transitions, Date.now()));
}

async function versions(type: string, id: string): Promise<Record<string, unknown>[]> {
  const { json } = await gateway.send('GET', `/${type}/${id}/_history`);
  return json.entry.map(({ resource }: { resource: Record<string, unknown> }) => resource).reverse();
}

async function episode(record: AlertRecord): Promise<void> {
  const { tenant, alert, sequence, receivedAt } = record;
  await gateway.pool.query(
    `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at, updated_at, sequence, alert)
     VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11)`,
    [
      tenant,
      alert.id,
      alert.patient,
      alert.id,
      alert.severity,
      alert.status,
      alert.status !== 'open',
      alert.effectiveAt,
      new Date(receivedAt),
      sequence,
      JSON.stringify(alert),
    ],
  );
}

describe('an alert of the log', () => {
  it('is a DetectedIssue, a Flag and a Provenance with a version for each transition', async () => {
    const told = steps({}, RAISED, ESCALATED, ACKNOWLEDGED, RESOLVED);
    const { id } = told[0]!.alert;
    await append(...told.slice(0, 1));
    await until(`/DetectedIssue/${id}`, hasVersion(1));
    await append(...told.slice(1));
    await until(`/DetectedIssue/${id}`, hasVersion(4));
    const issues = await versions('DetectedIssue', id);
    expect(issues.map(({ severity, status }) => [severity, status])).toEqual([
      ['moderate', 'final'],
      ['high', 'final'],
      ['moderate', 'final'],
      ['moderate', 'final'],
    ]);
    expect(issues.map(({ mitigation }) => mitigation !== undefined)).toEqual([false, false, true, false]);
    const flags = await versions('Flag', id);
    expect(flags.map(({ status }) => status)).toEqual(['active', 'active', 'active', 'inactive']);
    expect(flags.at(-1)).toMatchObject({ period: { start: new Date(AT).toISOString(), end: RESOLVED.resolvedAt } });
    const provenances = await versions('Provenance', id);
    expect(provenances.map(({ recorded }) => recorded)).toEqual(
      told.map(({ receivedAt }) => new Date(receivedAt).toISOString()),
    );
    expect(await gateway.metrics()).toContain('homeostat_fhir_made_resources_total{type="DetectedIssue"} 4');
  });

  it('is entered in error when it is retracted', async () => {
    const records = steps({}, RAISED, RETRACTED);
    const { id } = records[0]!.alert;
    await append(...records);
    expect(await until(`/DetectedIssue/${id}`, hasVersion(2))).toMatchObject({ status: 'entered-in-error' });
    expect((await gateway.send('GET', `/Flag/${id}`)).json).toMatchObject({ status: 'inactive' });
  });

  it('changes nothing when it comes again, alone or with the others, or when an older transition comes late', async () => {
    const records = steps({}, RAISED, ESCALATED, RESOLVED);
    await append(...records);
    await until(`/DetectedIssue/${records[0]!.alert.id}`, hasVersion(3));
    const before = await everything();
    await writeAgain(records);
    await writeAgain(records.slice(0, 1));
    await writeAgain(records.slice(1, 2));
    await append(...records);
    const marker = steps({}, RAISED);
    await append(...marker);
    await until(`/DetectedIssue/${marker[0]!.alert.id}`, hasVersion(1));
    await gateway.pool.query(`DELETE FROM fhir_resources WHERE id = $1`, [marker[0]!.alert.id]);
    expect(await everything()).toEqual(before);
  });

  it('leaves nothing when its transaction ends before the commit, and all of it afterwards', async () => {
    const records = steps({}, RAISED, ESCALATED);
    const before = await everything();
    const transitions = records.map(({ tenant, alert, receivedAt }) => ({ tenant, alert, at: receivedAt }));
    const crashed = inTransaction(gateway.pool, async (client) => {
      await writeAlerts(client, transitions, Date.now());
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    expect(await crashed.then(() => 'committed', isTransient)).toBe(true);
    expect(await everything()).toEqual(before);
    await writeAgain(records);
    expect(await versions('DetectedIssue', records[0]!.alert.id)).toHaveLength(2);
  });

  it('appends nothing to the input of the twins, and is not read in other tenants or without the scope', async () => {
    const records = steps({}, RAISED);
    await append(...records);
    const path = `/DetectedIssue/${records[0]!.alert.id}`;
    await until(path, hasVersion(1));
    const { rows } = await gateway.pool.query(`SELECT FROM log_records WHERE topic = $1`, [TOPICS.patientInput]);
    expect(rows).toHaveLength(0);
    const as = (token: string) => gateway.send('GET', path, undefined, { authorization: `Bearer ${token}` });
    expect((await as(tokenOf(2, 'system/*.cruds'))).status).toBe(404);
    expect((await as(tokenOf(1, 'system/Flag.cruds'))).status).toBe(403);
    expect((await as(tokenOf(1, 'system/DetectedIssue.r'))).status).toBe(200);
  });

  it('refers to the measurements of wearable senders, each tenant to its own', async () => {
    const identity = randomUUID();
    const evidence = {
      id: `${identity}.2`,
      code: 'glucose',
      value: 52,
      unit: 'mg/dL',
      effectiveAt: new Date(AT).toISOString(),
      source: 'cgm-1',
      quality: 'good',
      ageSeconds: 0,
    } as const;
    const twins: string[] = [];
    for (const tenant of [1, 2]) {
      const { rows } = await gateway.pool.query<{ key: string }>(
        `INSERT INTO twins (tenant, patient) VALUES ($1, 'p1') RETURNING key`,
        [tenant],
      );
      twins.push(BigInt(rows[0]!.key).toString(36));
      await gateway.pool.query(
        `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, value, source, code, version, quality, sourced,
           identity, content_hash) VALUES ($1, $2, $3, $3, $3, 52, 1, 9, 2, 0, true, $4, 0)`,
        [tenant, rows[0]!.key, new Date(AT), identity],
      );
    }
    const [first] = steps({ evidence: [evidence, { ...evidence, id: randomUUID(), source: 'fhir' }] }, RAISED);
    await writeAgain([first!, { ...first!, tenant: 2 }]);
    const { json } = await gateway.send('GET', `/DetectedIssue/${first!.alert.id}`);
    const references = json.evidence.map(({ detail }: { detail: { reference?: string }[] }) => detail[0]?.reference);
    expect(references).toEqual([`Observation/ms-${twins[0]!}-${identity.replaceAll('-', '')}`, undefined]);
    const authorization = `Bearer ${tokenOf(2, 'system/*.cruds')}`;
    const other = await gateway.send('GET', `/DetectedIssue/${first!.alert.id}`, undefined, { authorization });
    expect(other.text).toContain(`Observation/ms-${twins[1]!}-`);
  });
});

describe('a search', () => {
  const found = async (query: string): Promise<string[]> => {
    const { status, json } = await gateway.send('GET', query);
    expect(status).toBe(200);
    return (json.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id);
  };

  it('finds alerts by patient, rule, alert and status', async () => {
    const patient = 'searched';
    await gateway.send('PUT', `/Patient/${patient}`, { resourceType: 'Patient', id: patient });
    const open = steps({ patient }, RAISED, ESCALATED);
    const over = steps({ patient }, RAISED, RESOLVED);
    await writeAgain([...open, ...over]);
    const [openId, overId] = [open[0]!.alert.id, over[0]!.alert.id];
    expect((await found(`/DetectedIssue?patient=${patient}&code=glucose-low`)).toSorted()).toEqual(
      [openId, overId].toSorted(),
    );
    expect(await found(`/DetectedIssue?patient=${patient}&code=glucose-high`)).toEqual([]);
    expect(await found(`/DetectedIssue?identifier=urn:homeostat:alert|${openId}`)).toEqual([openId]);
    expect(await found(`/Flag?patient=${patient}&identifier=urn:homeostat:alert|${overId}`)).toEqual([overId]);
    expect(await found(`/Provenance?target=DetectedIssue/${openId}`)).toEqual([openId]);
    const active = (await gateway.send('GET', `/Flag?patient=${patient}`)).json.entry.filter(
      ({ resource }: { resource: { status: string } }) => resource.status === 'active',
    );
    expect(active).toHaveLength(1);
    expect(await found(`/Patient/${patient}/DetectedIssue`)).toHaveLength(2);
  });
});

describe('a client', () => {
  it('cannot change or delete what was made here, nor mark what is its own', async () => {
    const [raised] = steps({}, RAISED);
    await writeAgain([raised!]);
    const before = await everything();
    for (const type of TYPES) {
      const path = `/${type}/${raised!.alert.id}`;
      const { json } = await gateway.send('GET', path);
      const replies = [await gateway.send('PUT', path, json), await gateway.send('DELETE', path)];
      expect(replies.map(({ status }) => status)).toEqual([403, 403]);
      const { meta: _, ...unmarked } = json;
      const { json: answer } = await gateway.send('POST', '', batch(put(unmarked)));
      expect(answer.entry[0].response.status).toMatch(/^403/);
    }
    const { json: flag } = await gateway.send('GET', `/Flag/${raised!.alert.id}`);
    const { status, json } = await gateway.send('POST', '/Flag', { ...flag, id: undefined });
    expect([status, json.issue[0].expression]).toEqual([422, ['Flag.meta.tag[0]']]);
    expect(await everything()).toEqual(before);
  });
});

describe('alerts that were there before', () => {
  it('are filled in once, as they stand, and records of the log that come later or earlier agree with that', async () => {
    const old = Array.from({ length: 120 }, () => steps({}, RAISED, ESCALATED));
    for (const [, newest] of old) await episode(newest!);
    const known = old[0]!;
    await writeAgain(known.slice(0, 1));
    await fillInAgain(gateway.pool);
    const { signal } = new AbortController();
    const fill = () => fillIn({ pool: gateway.pool, now: Date.now, signal, onWritten: () => undefined });
    expect(await Promise.all([fill(), fill()])).toEqual([120, 120]);
    expect(await fill()).toBeUndefined();
    expect(await versions('DetectedIssue', known[0]!.alert.id)).toHaveLength(2);
    const [first] = old[7]!;
    const filled = await versions('DetectedIssue', first!.alert.id);
    expect(filled).toMatchObject([{ severity: 'high', meta: { versionId: '1' } }]);
    await writeAgain(old[7]!);
    expect(await versions('DetectedIssue', first!.alert.id)).toEqual(filled);
  });
});

describe('an alert that retention removes', () => {
  it('is found no more', async () => {
    const records = steps({}, RAISED, RESOLVED);
    const { id } = records[0]!.alert;
    await writeAgain(records);
    const indexed = async (): Promise<number> => {
      const { rows } = await gateway.pool.query(`SELECT FROM fhir_search WHERE id = $1`, [id]);
      return rows.length;
    };
    expect(await indexed()).toBe(3);
    await episode(records[1]!);
    expect(await removeOld(gateway.pool, 'alerts', AT + 3_600_000)).toBe(1);
    expect(await indexed()).toBe(0);
    for (const type of TYPES) expect((await gateway.send('GET', `/${type}/${id}`)).status).toBe(404);
  });
});

describe('a delivery', () => {
  async function deliver(record: AlertRecord, status: string, webhook: string = randomUUID()): Promise<string> {
    const body = JSON.stringify({ type: 'alert.raised', timestamp: new Date(AT).toISOString(), data: record.alert });
    await gateway.pool.query(
      `INSERT INTO deliveries (tenant, webhook, message, episode, type, body, status, created_at, next_attempt_at, finished_at)
       VALUES ($1, $2, $3, $4, 'alert.raised', $5, $6, $7, $7, CASE WHEN $6 = 'delivered' THEN $7::timestamptz END)`,
      [record.tenant, webhook, record.transition, record.alert.episode, body, status, new Date(AT)],
    );
    return webhook;
  }

  async function communications(about: string): Promise<Record<string, unknown>[]> {
    const { rows } = await gateway.pool.query<{ content: string }>(
      `SELECT r.content FROM alert_communications c JOIN fhir_resources r ON r.tenant = c.tenant AND r.type = 'Communication' AND r.id = c.id::text
       WHERE c.alert = $1`,
      [about],
    );
    return rows.map(({ content }) => JSON.parse(content) as Record<string, unknown>);
  }

  async function settled(): Promise<void> {
    while ((await communicate(gateway.pool, Date.now())).taken > 0);
    // The gateway's own round may hold the rows at this moment.
    for (let attempt = 0; attempt < 100; attempt++) {
      const { rows } = await gateway.pool.query(
        `SELECT FROM deliveries WHERE status = 'delivered' AND NOT communicated AND episode IS NOT NULL`,
      );
      if (rows.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('is a Communication once an endpoint has taken it, one for each endpoint, however often it is sent', async () => {
    const [raised] = steps({}, RAISED);
    const { id } = raised!.alert;
    const webhook = await deliver(raised!, 'pending');
    await deliver(raised!, 'parked');
    await settled();
    expect(await communications(id)).toEqual([]);
    await gateway.pool.query(`UPDATE deliveries SET status = 'delivered', finished_at = $2 WHERE webhook = $1`, [
      webhook,
      new Date(AT + 5000),
    ]);
    await settled();
    const [communication, ...others] = await communications(id);
    expect(others).toEqual([]);
    expect(communication).toMatchObject({
      status: 'completed',
      sent: new Date(AT + 5000).toISOString(),
      about: [{ reference: `DetectedIssue/${id}` }],
      recipient: [{ identifier: { value: webhook } }],
    });
    const { json: provenance } = await gateway.send('GET', `/Provenance/${communication!['id'] as string}`);
    expect(provenance.target).toEqual([{ reference: `Communication/${communication!['id'] as string}` }]);

    await gateway.pool.query(
      `UPDATE deliveries SET status = 'delivered', finished_at = now(), communicated = false WHERE webhook = $1`,
      [webhook],
    );
    await settled();
    expect(await communications(id)).toEqual([communication]);
    await deliver(raised!, 'delivered');
    await settled();
    expect(await communications(id)).toHaveLength(2);
  });

  it('that is of no alert is passed over', async () => {
    const [raised] = steps({}, RAISED);
    const webhook = await deliver(raised!, 'delivered');
    await gateway.pool.query(`UPDATE deliveries SET body = 'not JSON', communicated = false WHERE webhook = $1`, [
      webhook,
    ]);
    await settled();
    const { rows } = await gateway.pool.query(`SELECT communicated FROM deliveries WHERE webhook = $1`, [webhook]);
    expect(rows).toEqual([{ communicated: true }]);
  });
});
