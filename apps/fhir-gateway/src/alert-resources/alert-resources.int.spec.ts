import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ofSuite } from '#libs/testing';
import { TOPICS, twinKey, type AlertRecord } from '#libs/contracts';
import { isTransient } from '#libs/platform/messaging';
import { inTransaction } from '#libs/platform/storage';
import { batch, put, TestFhirGateway, tokenOf } from '../../../../test/support/fhir-gateway.js';
import { writeAlerts } from './write-alerts.js';
import {
  ACKNOWLEDGED,
  AT,
  ESCALATED,
  RAISED,
  RESOLVED,
  RETRACTED,
  steps,
  TYPES,
  versions,
  writeAgain,
} from './alert-resources.fixture.js';

const gateway = ofSuite(() => TestFhirGateway.open(6));

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

describe('an alert of the log', () => {
  it('is a DetectedIssue, a Flag and a Provenance with a version for each transition', async () => {
    const told = steps({}, RAISED, ESCALATED, ACKNOWLEDGED, RESOLVED);
    const { id } = told[0]!.alert;
    await append(...told.slice(0, 1));
    await until(`/DetectedIssue/${id}`, hasVersion(1));
    await append(...told.slice(1));
    await until(`/DetectedIssue/${id}`, hasVersion(4));
    const issues = await versions(gateway, 'DetectedIssue', id);
    expect(issues.map(({ severity, status }) => [severity, status])).toEqual([
      ['moderate', 'final'],
      ['high', 'final'],
      ['moderate', 'final'],
      ['moderate', 'final'],
    ]);
    expect(issues.map(({ mitigation }) => mitigation !== undefined)).toEqual([false, false, true, false]);
    const flags = await versions(gateway, 'Flag', id);
    expect(flags.map(({ status }) => status)).toEqual(['active', 'active', 'active', 'inactive']);
    expect(flags.at(-1)).toMatchObject({ period: { start: new Date(AT).toISOString(), end: RESOLVED.resolvedAt } });
    const provenances = await versions(gateway, 'Provenance', id);
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
    await writeAgain(gateway, records);
    await writeAgain(gateway, records.slice(0, 1));
    await writeAgain(gateway, records.slice(1, 2));
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
    await writeAgain(gateway, records);
    expect(await versions(gateway, 'DetectedIssue', records[0]!.alert.id)).toHaveLength(2);
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
    await writeAgain(gateway, [first!, { ...first!, tenant: 2 }]);
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
    await writeAgain(gateway, [...open, ...over]);
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
    await writeAgain(gateway, [raised!]);
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
