import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ofSuite } from '#libs/testing';
import type { AlertRecord } from '#libs/contracts';
import { removeOld } from '#libs/platform/storage';
import { TestFhirGateway } from '../../../../test/support/fhir-gateway.js';
import { communicate } from './communicate.js';
import { fillIn, fillInAgain } from './fill-in.js';
import { AT, ESCALATED, RAISED, RESOLVED, steps, TYPES, versions, writeAgain } from './alert-resources.fixture.js';

const gateway = ofSuite(() => TestFhirGateway.open(6));

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

describe('alerts that were there before', () => {
  it('are filled in once, as they stand, and records of the log that come later or earlier agree with that', async () => {
    const { signal } = new AbortController();
    const fill = () => fillIn({ pool: gateway.pool, now: Date.now, signal, onWritten: () => undefined });
    // What the gateway begins when it starts is over by then.
    await fill();
    const old = Array.from({ length: 120 }, () => steps({}, RAISED, ESCALATED));
    for (const [, newest] of old) await episode(newest!);
    const known = old[0]!;
    await writeAgain(gateway, known.slice(0, 1));
    await fillInAgain(gateway.pool);
    expect(await Promise.all([fill(), fill()])).toEqual([120, 120]);
    expect(await fill()).toBeUndefined();
    expect(await versions(gateway, 'DetectedIssue', known[0]!.alert.id)).toHaveLength(2);
    const [first] = old[7]!;
    const filled = await versions(gateway, 'DetectedIssue', first!.alert.id);
    expect(filled).toMatchObject([{ severity: 'high', meta: { versionId: '1' } }]);
    await writeAgain(gateway, old[7]!);
    expect(await versions(gateway, 'DetectedIssue', first!.alert.id)).toEqual(filled);
  });
});

describe('an alert that retention removes', () => {
  it('is found no more', async () => {
    const records = steps({}, RAISED, RESOLVED);
    const { id } = records[0]!.alert;
    await writeAgain(gateway, records);
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
