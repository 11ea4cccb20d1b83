import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { TOPICS } from '#libs/contracts';
import { apply, createMemory, initialTwin } from '#libs/domain/twin';
import {
  ALL_SCOPES,
  bootstrap,
  createLogger,
  createPlatform,
  hashSecret,
  readConfig,
  type Platform,
  type RunningServer,
} from '#libs/platform/runtime';
import { alertChannel, ClientStore, twinChannel } from '#libs/platform/storage';
import { LaneStore } from '#libs/platform/webhooks';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { TwinApiModule } from './twin-api.module.js';

const T0 = Date.parse('2026-03-01T08:00:00Z');
const at = (minutes: number): string => new Date(T0 + minutes * 60_000).toISOString();
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** A name and a birth date that must appear in no log line and no metric. */
const NAME = 'Wilhelmina Quartermaine';
const BIRTH = '1931-07-23';

function alertOf(
  n: number,
  transition: Alert['transition'],
  status: Alert['status'],
  more: Partial<Alert> = {},
): Alert {
  return {
    id: uuid(n),
    episode: uuid(n),
    sequence: 1,
    patient: 'p1',
    rule: { id: 'glucose-low', version: '1.0.0', title: 'Glucose low' },
    category: 'physiological',
    severity: 'medium',
    status,
    transition,
    effectiveAt: at(10),
    raisedAt: at(11),
    lateSeconds: 60,
    summary: 'Glucose 62 mg/dL, below 70',
    evidence: [],
    threshold: null,
    explanation: { why: 'x', clears: 'y', precision: { useful: 0, notUseful: 0, share: null } },
    disclaimer: 'not a cleared device',
    ...more,
  };
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { items: Record<string, unknown>[]; next?: string };
}

describe('the twin API over real HTTP and Postgres', () => {
  let database: TestDatabase;
  let platform: Platform;
  let server: RunningServer;
  let north: string;
  let south: string;
  let tenant: number;
  let twin: string;
  const lines: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      BOOTSTRAP_TENANT: 'north',
      BOOTSTRAP_CLIENT_ID: 'ward',
      BOOTSTRAP_CLIENT_SECRET: 'ward-secret',
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    });
    const logger = createLogger({ level: 'trace', role: 'test' }, { write: (line) => void lines.push(line) });
    platform = await createPlatform(config, { logger });
    const clients = new ClientStore(platform.pool);
    await clients.put({
      tenant: 'south',
      id: 'south',
      secretHash: await hashSecret('south-secret'),
      jwks: null,
      scopes: ALL_SCOPES,
    });
    server = await bootstrap([TwinApiModule.forRoot(platform)], platform);
    north = await token('ward', 'ward-secret');
    south = await token('south', 'south-secret');
    tenant = (await platform.tokens.verifyToken(north))?.tenant.key ?? 0;
    twin = await seed();
  }, 60_000);

  afterAll(async () => {
    platform?.beginClosing();
    await server?.close();
    await platform?.close();
    await database?.drop();
  }, 20_000);

  async function token(id: string, secret: string): Promise<string> {
    const answer = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async function call(method: string, path: string, body?: unknown, bearer = north): Promise<Answer> {
    const answer = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  }

  /** Patient p1: heart rates 60, 70 (corrected from 170 at +30 min), 80; p2 and p3 empty. */
  async function seed(): Promise<string> {
    const { pool } = platform;
    const { rows } = await pool.query<{ key: string }>(
      `INSERT INTO twins (tenant, patient, version, as_of, snapshot, birth_date) VALUES ($1, 'p1', 7, $2, $3, $4), ($1, 'p2', 0, NULL, NULL, NULL), ($1, 'p3', 0, NULL, NULL, NULL)
       RETURNING key::text AS key`,
      [tenant, at(20), JSON.stringify({ name: NAME }), BIRTH],
    );
    const key = rows[0]?.key ?? '';
    await pool.query(`INSERT INTO sources (tenant, key, source, device) VALUES ($1, 1, 'monitor-7', 'd1')`, [tenant]);
    const measurement = (
      n: number,
      minute: number,
      value: number,
      version: number,
      recorded: string,
      superseded: string | null,
    ): Promise<unknown> =>
      pool.query(
        `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, superseded_at, value, source, code, version, quality, sourced, identity, content_hash)
         VALUES ($1, $2, $3, $4, $4, $5, $6, 1, 1, $7, 0, TRUE, $8, 1)`,
        [tenant, key, at(minute), recorded, superseded, value, version, uuid(n)],
      );
    await measurement(1, 0, 60, 1, at(1), null);
    await measurement(2, 10, 170, 1, at(11), at(30));
    await measurement(2, 10, 70, 2, at(30), null);
    await measurement(3, 20, 80, 1, at(21), null);
    await pool.query(
      `INSERT INTO facts (tenant, twin, kind, reference, version, content, effective_from, recorded_at) VALUES ($1, $2, 'condition', 'Condition/c1', 1, $3, $4, $5)`,
      [tenant, key, JSON.stringify({ text: 'Diabetes' }), at(-1000), at(0)],
    );
    return key;
  }

  async function transition(n: number, sequence: number, alert: Alert, closed = false): Promise<void> {
    await platform.pool.query(
      `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES ($1, $2, $3, gen_random_uuid(), $4, now(), now(), $5)`,
      [tenant, uuid(n), sequence, alert.transition, JSON.stringify(alert)],
    );
    await platform.pool.query(
      `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, closed, effective_at, raised_at, updated_at, sequence, alert)
       VALUES ($1, $2, $3, 'p1', $4, $5, $6, $7, $8, $9, now(), $10, $11)
       ON CONFLICT (tenant, id) DO UPDATE SET status = excluded.status, closed = excluded.closed, sequence = excluded.sequence, alert = excluded.alert`,
      [
        tenant,
        uuid(n),
        twin,
        alert.rule.id,
        alert.severity,
        alert.status,
        closed,
        alert.effectiveAt,
        alert.raisedAt,
        sequence,
        JSON.stringify(alert),
      ],
    );
  }

  describe('access', () => {
    it('denies every route without a token, and with a token without scopes of it', async () => {
      const closed = server.routes.filter((route) => route.includes('/v1/'));
      expect(closed.length).toBeGreaterThanOrEqual(20);
      const answer = await fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'ward',
          client_secret: 'ward-secret',
          scope: 'samples.write',
        }),
      });
      const other = ((await answer.json()) as { access_token: string }).access_token;
      for (const route of closed) {
        const [method = '', path = ''] = route.split(' ');
        const url = server.url + path.replace(':patient', 'p1').replace(':id', uuid(1));
        expect([route, (await fetch(url, { method })).status]).toEqual([route, 401]);
        const scoped = await fetch(url, { method, headers: { authorization: `Bearer ${other}` } });
        expect([route, scoped.status]).toEqual([route, 403]);
      }
    });

    it("answers another tenant's patient, alert and webhook as absent ones", async () => {
      await transition(90, 1, alertOf(90, 'retrospective', 'retrospective'), true);
      const webhook = (await call('POST', '/v1/webhooks', { url: 'https://example.org/hook' })).body['id'] as string;
      for (const [method, path, body] of [
        ['GET', '/v1/twins/p1'],
        ['GET', `/v1/twins/p1?at=${at(5)}`],
        ['GET', '/v1/twins/p1/measurements'],
        ['GET', '/v1/twins/p1/stream'],
        ['GET', '/v1/twins/p1/thresholds'],
        ['PUT', '/v1/twins/p1/thresholds', { thresholds: [{ rule: 'glucose-low', limits: null, reason: 'x' }] }],
        ['GET', `/v1/alerts/${uuid(90)}`],
        ['POST', `/v1/alerts/${uuid(90)}/acknowledge`, {}],
        ['GET', `/v1/webhooks/${webhook}`],
        ['PATCH', `/v1/webhooks/${webhook}`, { status: 'disabled' }],
        ['POST', `/v1/webhooks/${webhook}/test`],
        ['POST', `/v1/webhooks/${webhook}/rotate-secret`],
        ['DELETE', `/v1/webhooks/${webhook}`],
      ] as [string, string, unknown?][]) {
        const answer = await call(method, path, body, south);
        expect([method, path, answer.status]).toEqual([method, path, 404]);
        expect(answer.body).toMatchObject({ code: 'not-found', status: 404 });
      }
      expect((await call('GET', '/v1/patients', undefined, south)).body.items).toEqual([]);
      expect((await call('GET', '/v1/alerts', undefined, south)).body.items).toEqual([]);
      expect((await call('GET', '/v1/webhooks', undefined, south)).body.items).toEqual([]);
      await call('DELETE', `/v1/webhooks/${webhook}`);
    });
  });

  describe('twins', () => {
    it('lists patients by page', async () => {
      const first = await call('GET', '/v1/patients?limit=2');
      expect(first.body.items.map((item) => item['patient'])).toEqual(['p1', 'p2']);
      const rest = await call('GET', `/v1/patients?limit=2&cursor=${first.body.next}`);
      expect(rest.body).toEqual({ items: [{ patient: 'p3', type: 'system', version: 0, asOf: null }] });
    });

    it('shows the twin now', async () => {
      const { body } = await call('GET', '/v1/twins/p1');
      expect(body).toMatchObject({
        patient: 'p1',
        type: 'system',
        version: 7,
        asOf: at(20),
        measures: {
          'heart-rate': {
            value: 80,
            unit: '/min',
            effectiveAt: at(20),
            source: 'monitor-7',
            quality: 'good',
            stale: true,
          },
        },
        facts: [{ kind: 'condition', reference: 'Condition/c1' }],
      });
      expect(JSON.stringify(body)).not.toContain(NAME);
    });

    it('shows it at a time, and as it was known at a time', async () => {
      const heart = async (query: string): Promise<unknown> =>
        (
          (await call('GET', `/v1/twins/p1?${query}`)).body['measures'] as Record<
            string,
            { value: number; stale: boolean }
          >
        )['heart-rate'];
      expect(await heart(`at=${at(15)}`)).toMatchObject({ value: 70, stale: false });
      expect(await heart(`at=${at(15)}&known-at=${at(15)}`)).toMatchObject({ value: 170 });
      expect(await heart(`known-at=${at(22)}`)).toMatchObject({ value: 80 });
      expect(await heart(`known-at=${at(2)}`)).toMatchObject({ value: 60 });
      expect(await heart(`at=${at(-5)}`)).toBeUndefined();
    });

    it('shows the newest value of a waveform too, at a time and where the hot state has lost it', async () => {
      await platform.pool.query(
        `INSERT INTO measurements (tenant, twin, effective_at, received_at, recorded_at, source, code, version, quality, sourced, identity,
           content_hash, series, period_ms, channel)
         SELECT t.tenant, t.key, $2, $2, $2, s.key, 12, 1, 0, FALSE, gen_random_uuid(), 1, '{0.1,0.25}', 4, 'II'
         FROM twins t JOIN sources s ON s.tenant = t.tenant WHERE t.tenant = $1 AND t.patient = 'p1' LIMIT 1`,
        [tenant, at(20)],
      );
      const ecg = async (query: string): Promise<unknown> =>
        ((await call('GET', `/v1/twins/p1${query}`)).body['measures'] as Record<string, unknown>)['ecg'];
      expect(await ecg('')).toMatchObject({ value: 0.25, unit: 'mV', effectiveAt: at(20) });
      expect(await ecg(`?at=${at(21)}`)).toMatchObject({ value: 0.25, stale: false });
      expect(await ecg(`?at=${at(19)}`)).toBeUndefined();
      await platform.pool.query('DELETE FROM measurements WHERE tenant = $1 AND code = 12', [tenant]);
    });

    it('shows what follows from the measures also where the hot state has lost it', async () => {
      const record = { v: 1, kind: 'samples', tenant, patient: 'p3', source: 's', device: 'd' } as const;
      const samples = [3, 4].map((c) => ({ c, t: T0, x: 90 }));
      const outcome = apply(initialTwin(tenant, 'p3'), { ...record, receivedAt: T0, samples }, createMemory());
      if (outcome.kind !== 'applied') throw new Error(outcome.kind);
      const store = (snapshot: object | null) =>
        platform.pool.query(`UPDATE twins SET snapshot = $1 WHERE tenant = $2 AND patient = 'p3'`, [
          snapshot === null ? null : JSON.stringify(snapshot),
          tenant,
        ]);
      await store(outcome.state);
      const { body } = await call('GET', '/v1/twins/p3');
      expect(body).toMatchObject({
        derived: { 'oxygen-saturation-deviation': { refused: 'cold-start' } },
        refusals: [],
      });
      await store({ ...outcome.state, v: 1 });
      expect((await call('GET', '/v1/twins/p3')).body).not.toHaveProperty('derived');
      await store(null);
    });

    it('prefers the hot state', async () => {
      const view = {
        patient: 'p2',
        type: 'system',
        version: 3,
        asOf: at(20),
        measures: {
          glucose: {
            value: 99,
            unit: 'mg/dL',
            effectiveAt: new Date().toISOString(),
            source: 's',
            quality: 'good',
            stale: true,
          },
        },
        facts: [],
        moreFacts: 0,
        alerts: [],
      };
      await platform.hot.put([{ tenant, patient: 'p2', version: 3, view: JSON.stringify(view) }]);
      const { body } = await call('GET', '/v1/twins/p2');
      expect(body).toMatchObject({
        version: 3,
        knownAt: expect.any(String),
        measures: { glucose: { value: 99, stale: false } },
      });
    });

    it('reads the facts from the database when the hot view holds only some of them', async () => {
      await platform.pool.query(
        `INSERT INTO facts (tenant, twin, kind, reference, version, content, recorded_at)
         SELECT tenant, key, 'allergy', 'AllergyIntolerance/a1', 1, '{}', now() FROM twins WHERE tenant = $1 AND patient = 'p3'`,
        [tenant],
      );
      const hot = { patient: 'p3', type: 'system', version: 8, asOf: at(20), measures: {}, facts: [], alerts: [] };
      const view = JSON.stringify({ ...hot, moreFacts: 1 });
      await platform.hot.put([{ tenant, patient: 'p3', version: 8, view }]);
      const { body } = await call('GET', '/v1/twins/p3');
      expect(body).toMatchObject({ version: 8, facts: [{ kind: 'allergy', reference: 'AllergyIntolerance/a1' }] });
      expect(body).not.toHaveProperty('moreFacts');
    });

    it('shows history with all versions, or those known at a time', async () => {
      const all = await call('GET', '/v1/twins/p1/measurements?code=heart-rate');
      expect(all.body.items.map((item) => [item['id'], item['value'], item['supersededBy']])).toEqual([
        [uuid(1), 60, undefined],
        [uuid(2), 170, `${uuid(2)}.2`],
        [`${uuid(2)}.2`, 70, undefined],
        [uuid(3), 80, undefined],
      ]);
      expect(all.body.items[0]).toEqual({
        id: uuid(1),
        code: 'heart-rate',
        coding: { system: 'http://loinc.org', code: '8867-4' },
        value: 60,
        unit: '/min',
        effectiveAt: at(0),
        receivedAt: at(1),
        recordedAt: at(1),
        source: 'monitor-7',
        device: 'd1',
        quality: 'good',
      });
      const known = await call('GET', `/v1/twins/p1/measurements?known-at=${at(25)}`);
      expect(known.body.items.map((item) => [item['value'], item['supersededBy']])).toEqual([
        [60, undefined],
        [170, undefined],
        [80, undefined],
      ]);
      const range = await call('GET', `/v1/twins/p1/measurements?code=8867-4&from=${at(10)}&to=${at(20)}`);
      expect(range.body.items.map((item) => item['value'])).toEqual([170, 70]);
      expect((await call('GET', '/v1/twins/p1/measurements?code=glucose')).body.items).toEqual([]);
    });

    it('pages history without gap or repetition', async () => {
      const seen: unknown[] = [];
      let next: string | undefined = '';
      for (let page = 0; next !== undefined && page < 10; page += 1) {
        const { body }: Answer = await call(
          'GET',
          `/v1/twins/p1/measurements?limit=1${next === '' ? '' : `&cursor=${next}`}`,
        );
        expect(body.items).toHaveLength(1);
        seen.push(body.items[0]?.['value']);
        next = body.next;
      }
      expect(seen).toEqual([60, 170, 70, 80]);
    });

    it.each([
      ['/v1/twins/p1?at=yesterday', 400, 'invalid'],
      ['/v1/twins/p1?at=2026-03-01T08:00:00', 400, 'invalid'],
      ['/v1/twins/p1?when=now', 400, 'invalid'],
      ['/v1/twins/p1/measurements?limit=1001', 400, 'invalid'],
      ['/v1/twins/p1/measurements?limit=0', 400, 'invalid'],
      ['/v1/twins/p1/measurements?code=charisma', 400, 'code-unknown'],
      ['/v1/twins/p1/measurements?cursor=AAAA', 400, 'cursor-invalid'],
      ['/v1/twins/p1/measurements?cursor=eyJhIjoxfQ', 400, 'cursor-invalid'],
      ['/v1/patients?cursor=%00', 400, 'cursor-invalid'],
      ['/v1/twins/nobody', 404, 'not-found'],
      ["/v1/twins/p1'%20OR%201=1", 404, 'not-found'],
      ['/v1/twins/..%2f..%2fetc%2fpasswd', 404, 'not-found'],
      ['/v1/twins/p1%00', 404, 'not-found'],
      ['/v1/alerts?status=sleeping', 400, 'invalid'],
      ['/v1/alerts/1', 404, 'not-found'],
      ['/v1/webhooks/%27', 404, 'not-found'],
    ])('%s → %d %s', async (path, status, code) => {
      const answer = await call('GET', path);
      expect([answer.status, answer.body['code']]).toEqual([status, code]);
    });
  });

  describe('alerts and acts', () => {
    it('lists episodes and shows one with its timeline', async () => {
      await transition(1, 1, alertOf(1, 'raised', 'open'));
      await transition(1, 2, alertOf(1, 'escalated', 'open', { severity: 'high' }));
      const list = await call('GET', '/v1/alerts?patient=p1&status=open');
      expect(list.body.items.map((item) => [item['id'], item['sequence']])).toEqual([[uuid(1), 2]]);
      const { body } = await call('GET', `/v1/alerts/${uuid(1)}`);
      expect(body).toMatchObject({ id: uuid(1), severity: 'high' });
      expect((body['timeline'] as { alert: Alert }[]).map(({ alert }) => [alert.transition, alert.sequence])).toEqual([
        ['raised', 1],
        ['escalated', 2],
      ]);
      const twinNow = await call('GET', '/v1/twins/p1');
      expect((twinNow.body['alerts'] as Alert[]).map((alert) => alert.id)).toContain(uuid(1));
    });

    it.each([
      [
        'acknowledge',
        { note: 'seen', useful: true },
        { type: 'acknowledge', episode: uuid(1), note: 'seen', useful: true },
      ],
      ['acknowledge', undefined, { type: 'acknowledge', episode: uuid(1) }],
      ['resolve', {}, { type: 'resolve', episode: uuid(1) }],
      ['snooze', { until: '2099-01-01T00:00:00Z' }, undefined],
    ])('%s with %j is in the audit and in the log', async (act, body, does) => {
      const answer = await call('POST', `/v1/alerts/${uuid(1)}/${act}`, body);
      if (does === undefined) {
        expect([answer.status, answer.body['errors']]).toMatchObject([400, [{ pointer: '/until' }]]);
        return;
      }
      expect([answer.status, answer.body]).toEqual([202, { act: expect.any(String), status: 'accepted', sequence: 2 }]);
      const audit = await platform.pool.query(`SELECT actor, act, target FROM audit WHERE tenant = $1 AND id = $2`, [
        tenant,
        answer.body['act'],
      ]);
      expect(audit.rows).toEqual([{ actor: 'ward', act, target: `Alert/${uuid(1)}` }]);
      const log = await platform.pool.query<{ value: string; key: string }>(
        `SELECT key, value FROM log_records WHERE topic = $1 AND value LIKE '%' || $2 || '%'`,
        [TOPICS.patientInput, answer.body['act']],
      );
      expect(log.rows[0]?.key).toBe(`${tenant}/p1`);
      expect(JSON.parse(log.rows[0]?.value ?? '')).toMatchObject({
        v: 1,
        kind: 'act',
        tenant,
        patient: 'p1',
        actor: 'ward',
        does,
      });
    });

    it('refuses to snooze or resolve what has ended', async () => {
      await transition(2, 1, alertOf(2, 'resolved', 'resolved'), true);
      const until = new Date(Date.now() + 60_000).toISOString();
      expect((await call('POST', `/v1/alerts/${uuid(2)}/snooze`, { until })).body).toMatchObject({
        status: 409,
        code: 'alert-closed',
      });
      expect((await call('POST', `/v1/alerts/${uuid(2)}/acknowledge`)).status).toBe(202);
    });

    it('sets limits only when all make sense', async () => {
      const put = (thresholds: unknown): Promise<Answer> => call('PUT', '/v1/twins/p1/thresholds', { thresholds });
      const rules = (await call('GET', '/v1/rules')).body.items as unknown as {
        id: string;
        limits: { name: string; default: number; min: number }[];
      }[];
      const low = rules.find((rule) => rule.id === 'glucose-low');
      const limit = low?.limits[0];
      expect(rules.map((rule) => rule.id)).toEqual(
        expect.arrayContaining(['glucose-low', 'heart-rate-high', 'no-data']),
      );
      const good = {
        rule: 'glucose-low',
        limits: { [limit?.name ?? '']: limit?.default },
        reason: 'agreed with the family',
      };
      expect((await put([good])).status).toBe(202);
      for (const [wrong, pointer] of [
        [{ ...good, rule: 'charisma-low' }, '/thresholds/1/rule'],
        [{ ...good, rule: 'glucose-high', limits: { charm: 1 } }, '/thresholds/1/limits/charm'],
        [{ ...good, rule: 'heart-rate-low', limits: {} }, '/thresholds/1/limits'],
        [{ ...good }, '/thresholds/1/rule'],
        [{ ...good, reason: '' }, '/thresholds/1/reason'],
        [
          { rule: 'glucose-high', limits: null, reason: 'x', expiresAt: '2020-01-01T00:00:00Z' },
          '/thresholds/1/expiresAt',
        ],
      ] as [object, string][]) {
        const before = await platform.pool.query('SELECT count(*)::int AS n FROM audit');
        const answer = await put([good, wrong]);
        expect([answer.status, (answer.body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([400, pointer]);
        expect((await platform.pool.query('SELECT count(*)::int AS n FROM audit')).rows).toEqual(before.rows);
      }
      await platform.pool.query(
        `INSERT INTO thresholds (tenant, twin, rule, version, limits, author, reason, recorded_at) VALUES ($1, $2, 'glucose-low', 1, '{"below": 65}', 'ward', 'agreed', $3)`,
        [tenant, twin, at(40)],
      );
      expect((await call('GET', '/v1/twins/p1/thresholds')).body.items).toEqual([
        {
          layer: 'patient',
          rule: 'glucose-low',
          limits: { below: 65 },
          author: 'ward',
          reason: 'agreed',
          setAt: at(40),
          version: 1,
        },
      ]);
    });
  });

  describe('webhooks', () => {
    it('live their life', async () => {
      const made = await call('POST', '/v1/webhooks', {
        url: 'http://127.0.0.1:9/hook',
        // A single value stands for a list of one.
        filter: { severity: 'high', category: 'physiological', rules: 'glucose-low' },
        description: 'ward board',
      });
      expect([made.status, made.body]).toMatchObject([
        201,
        {
          url: 'http://127.0.0.1:9/hook',
          status: 'active',
          filter: { severity: ['high'], category: 'physiological', rules: ['glucose-low'] },
        },
      ]);
      expect(made.body['secret']).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      const path = `/v1/webhooks/${made.body['id'] as string}`;
      expect((await call('GET', path)).body).not.toHaveProperty('secret');
      expect((await call('GET', '/v1/webhooks')).body.items).toHaveLength(1);
      expect((await call('PATCH', path, { status: 'disabled' })).body).toMatchObject({
        status: 'disabled',
        statusReason: 'disabled by a client',
      });
      expect((await call('PATCH', path, { status: 'active', description: null })).body).not.toHaveProperty(
        'description',
      );
      expect((await call('POST', `${path}/test`)).status).toBe(202);
      const deliveries = await call('GET', `${path}/deliveries`);
      expect(deliveries.body.items).toMatchObject([{ type: 'webhook.test', status: 'pending', attempts: [] }]);
      expect((await call('POST', `${path}/replay`)).body).toEqual({ queued: 0 });
      expect((await call('DELETE', path)).status).toBe(204);
      expect((await call('GET', path)).status).toBe(404);
    });

    it('have their secret replaced, the old one signing for a while', async () => {
      const made = await call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/hook' });
      const path = `/v1/webhooks/${made.body['id'] as string}`;
      const view = () =>
        new LaneStore(platform.pool).look(tenant, made.body['id'] as string, {
          now: 0,
          inFlight: [],
          fresh: 1,
          again: 1,
        });
      const before = Date.now();
      const first = await call('POST', `${path}/rotate-secret`);
      expect([first.status, first.body]).toMatchObject([
        200,
        { id: made.body['id'], status: 'active', secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) },
      ]);
      const until = Date.parse(first.body['previousUntil'] as string);
      expect([until >= before + 86_400_000, until <= Date.now() + 86_400_000]).toEqual([true, true]);
      expect((await view())?.secrets).toEqual([
        { secret: first.body['secret'], until: null },
        { secret: made.body['secret'], until },
      ]);
      expect((await call('GET', path)).body).not.toHaveProperty('secret');
      const second = await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
      expect((await view())?.secrets.map(({ secret }) => secret)).toEqual([
        second.body['secret'],
        first.body['secret'],
        made.body['secret'],
      ]);
      await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
      await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
      const many = await call('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
      expect([many.status, many.body['code']]).toEqual([409, 'secrets-many']);
      const last = await call('POST', `${path}/rotate-secret`, { overlapSeconds: 0 });
      expect(last.body).not.toHaveProperty('previousUntil');
      expect((await view())?.secrets).toEqual([{ secret: last.body['secret'], until: null }]);
      const audit = await platform.pool.query(
        `SELECT actor, detail FROM audit WHERE tenant = $1 AND act = 'rotate-webhook-secret' AND target = $2 ORDER BY at, id`,
        [tenant, `Webhook/${made.body['id'] as string}`],
      );
      expect(audit.rows.map((row: { detail: object }) => row.detail)).toEqual(
        [86_400, 60, 60, 60, 0].map((overlapSeconds) => ({ overlapSeconds })),
      );
      for (const overlapSeconds of [-1, 604_801, 1.5, '60', null]) {
        const refused = await call('POST', `${path}/rotate-secret`, { overlapSeconds });
        expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer: '/overlapSeconds' }]]);
      }
      const unknown = '/v1/webhooks/0190a2b4-0000-7000-8000-000000000001/rotate-secret';
      expect((await call('POST', unknown)).status).toBe(404);
      await call('DELETE', path);
    });

    it.each([
      [{ url: 'http://example.org' }, 'url-not-https'],
      [{ url: 'https://10.0.0.1/x' }, 'url-private-address'],
      [{ url: 'https://user:pass@example.org' }, 'url-with-credentials'],
      [{ url: 'nonsense' }, 'url-invalid'],
      [{}, 'invalid'],
      [{ url: 'https://example.org', filter: { severity: ['loud'] } }, 'invalid'],
      [{ url: 'https://example.org', secret: 'mine' }, 'invalid'],
      [{ url: 'https://example.org', filter: { rules: ['glucose-low', 'glucose-lo'] } }, 'filter-invalid'],
      [{ url: 'https://example.org', filter: { rules: 'glucose-low-soon-early' } }, 'filter-invalid'],
    ])('%j is refused: %s', async (body, code) => {
      const answer = await call('POST', '/v1/webhooks', body);
      expect([answer.status, answer.body['code']]).toEqual([400, code]);
    });
  });

  it('says which rules of a filter will never come', async () => {
    const rules = ['glucose-low', 'glucose-lo', 'glucose-low-soon-early'];
    const { body } = await call('POST', '/v1/webhooks', { url: 'https://example.org', filter: { rules } });
    expect(body['errors']).toMatchObject([
      { pointer: '/filter/rules/1', code: 'rule-unknown' },
      { pointer: '/filter/rules/2', code: 'rule-in-shadow' },
    ]);
  });

  describe('dead letters', () => {
    it('are listed without their content and replayed', async () => {
      await platform.pool.query(
        `INSERT INTO dead_letters (tenant, id, consumer_group, topic, "partition", "offset", key, value, reason, at) VALUES ($1, $2, 'engine', $3, 0, 5, $4, $5, 'unknown version', $6)`,
        [tenant, uuid(5), TOPICS.patientInput, `${tenant}/p1`, JSON.stringify({ name: NAME }), at(0)],
      );
      const list = await call('GET', '/v1/dead-letters');
      expect(list.body.items).toEqual([
        {
          id: uuid(5),
          group: 'engine',
          topic: TOPICS.patientInput,
          partition: 0,
          offset: '5',
          reason: 'unknown version',
          at: at(0),
        },
      ]);
      expect((await call('POST', `/v1/dead-letters/${uuid(5)}/replay`, undefined, south)).status).toBe(404);
      expect((await call('POST', `/v1/dead-letters/${uuid(5)}/replay`)).status).toBe(202);
      expect((await call('GET', '/v1/dead-letters')).body.items[0]).toHaveProperty('replayedAt');
    });
  });

  describe('streams', () => {
    /** Reads server-sent events until `count` have come, then goes away. */
    async function listen(
      path: string,
      count: number,
      lastId?: string,
      onOpen?: () => Promise<void>,
      forMs = 20_000,
    ): Promise<{ id: string; event: string; data: Record<string, unknown> }[]> {
      const abort = new AbortController();
      const answer = await fetch(server.url + path, {
        headers: { authorization: `Bearer ${north}`, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
        signal: abort.signal,
      });
      expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      const events: { id: string; event: string; data: Record<string, unknown> }[] = [];
      let text = '';
      const timer = setTimeout(() => abort.abort(), forMs);
      try {
        await onOpen?.();
        for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
          text += Buffer.from(chunk).toString();
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const fields = Object.fromEntries(
              text
                .slice(0, end)
                .split('\n')
                .map((line) => line.split(/: (.*)/s).slice(0, 2)),
            );
            text = text.slice(end + 2);
            if (fields['data'] !== undefined)
              events.push({
                id: fields['id'],
                event: fields['event'],
                data: JSON.parse(fields['data']) as Record<string, unknown>,
              });
          }
          if (events.length >= count) break;
        }
      } catch (error) {
        if (!abort.signal.aborted) throw error;
      } finally {
        clearTimeout(timer);
        abort.abort();
      }
      return events;
    }
    const last = async (): Promise<string> =>
      (await platform.pool.query<{ n: string }>('SELECT coalesce(max(stream), 0)::text AS n FROM alert_transitions'))
        .rows[0]?.n ?? '0';

    it('tells alerts as they come', async () => {
      const events = await listen('/v1/alerts/stream', 1, undefined, async () => {
        await transition(3, 1, alertOf(3, 'raised', 'open', { rule: { id: 'no-data', version: '1.0.0', title: 'x' } }));
        await platform.hot.publish([{ channel: alertChannel(tenant), message: 'x' }]);
      });
      expect(events).toMatchObject([{ event: 'alert.raised', data: { id: uuid(3) } }]);
    });

    it('tells what comes after its answer, however late the place from which it tells becomes known', async () => {
      const slow = await platform.pool.connect();
      await slow.query('BEGIN');
      await slow.query('SELECT pg_current_xact_id()');
      setTimeout(() => void slow.query('COMMIT').then(() => slow.release()), 400);
      const other = alertOf(4, 'raised', 'open', { rule: { id: 'pause', version: '1.0.0', title: 'x' } });
      const events = await listen('/v1/alerts/stream', 1, undefined, () => transition(4, 1, other), 10_000);
      expect(events).toMatchObject([{ event: 'alert.raised', data: { id: uuid(4) } }]);
    });

    it('resumes after Last-Event-ID without gap or repetition, while more come in, out of order', async () => {
      const from = await last();
      const amended = alertOf(3, 'amended', 'open', { rule: { id: 'no-data', version: '1.0.0', title: 'x' } });
      const writing = writeOutOfOrder(amended);
      const seen: string[] = [];
      let resume = from;
      for (let connection = 0; seen.length < WRITTEN && connection < 40; connection += 1) {
        const events = await listen('/v1/alerts/stream', 5, resume, undefined, 1_500);
        seen.push(...events.map((event) => event.id));
        resume = events.at(-1)?.id ?? resume;
      }
      await writing;
      const { rows } = await platform.pool.query<{ id: string }>(
        'SELECT stream::text AS id FROM alert_transitions t WHERE tenant = $1 AND stream > $2 ORDER BY t.stream',
        [tenant, from],
      );
      expect(rows).toHaveLength(WRITTEN);
      expect(seen).toEqual(rows.map((row) => row.id));
    }, 60_000);

    const WRITTEN = 66;
    /** 60 transitions, and six whose writer holds its place for 40 ms while others commit past it. */
    async function writeOutOfOrder(alert: Alert): Promise<void> {
      const slow = await platform.pool.connect();
      try {
        for (let sequence = 2; sequence <= 61; sequence += 1) {
          await transition(3, sequence, alert);
          if (sequence % 10 === 5) {
            await slow.query('BEGIN');
            await slow.query(
              `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert) VALUES ($1, $2, $3, gen_random_uuid(), 'amended', now(), now(), $4)`,
              [tenant, uuid(3), 1000 + sequence, JSON.stringify(alert)],
            );
          }
          if (sequence % 10 === 9) await slow.query('COMMIT');
          await platform.hot.publish([{ channel: alertChannel(tenant), message: 'x' }]);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      } finally {
        slow.release();
      }
    }

    it('tells the twin when its version is newer, at once when the client missed one', async () => {
      const [first] = await listen('/v1/twins/p1/stream', 1);
      expect(first).toMatchObject({ event: 'twin', data: { version: 7, patient: 'p1' } });
      const live = await listen('/v1/twins/p1/stream', 1, first?.id, async () => {
        await platform.pool.query(`UPDATE twins SET version = 8 WHERE tenant = $1 AND patient = 'p1'`, [tenant]);
        await platform.hot.publish([{ channel: twinChannel(tenant, 'p1'), message: 'x' }]);
      });
      expect(live).toMatchObject([{ event: 'twin', data: { version: 8 } }]);
      const missed = await listen('/v1/twins/p1/stream', 1, first?.id);
      expect(missed).toMatchObject([{ id: live[0]?.id, data: { version: 8 } }]);
    });

    describe('says 410 to a Last-Event-ID that the stream never gave', () => {
      const NEVER: readonly (readonly [string, () => Promise<string>])[] = [
        ['garbage', () => Promise.resolve('x')],
        ['a negative number', () => Promise.resolve('-1')],
        ['zero', () => Promise.resolve('0')],
        ['a huge number', () => Promise.resolve('9'.repeat(40))],
        ['a number beyond bigint', () => Promise.resolve('9223372036854775808')],
        ['a fraction', () => Promise.resolve('1.5')],
        ['a number in another notation', () => Promise.resolve('0x1')],
        ['a list', () => Promise.resolve('1, 2')],
        ['a future position', async () => String(BigInt(await last()) + 1n)],
        ['a version to come', async () => (await twinId()).replace(/^\d+/, '999')],
        ["another patient's", async () => (await twinId()).replace(/.$/, (char) => (char === 'A' ? 'B' : 'A'))],
        ["another tenant's", () => transitionOf('south')],
      ];
      it.each(NEVER)('%s', async (_, make) => {
        const id = await make();
        for (const path of ['/v1/alerts/stream', '/v1/twins/p1/stream']) expect(await refusedAt(path, id)).toBe(true);
      });

      it("the other stream's", async () => {
        const [alerts, twins] = [await transitionOf('north'), await twinId()];
        expect(await refusedAt('/v1/twins/p1/stream', alerts)).toBe(true);
        expect(await refusedAt('/v1/alerts/stream', twins)).toBe(true);
        expect(await refusedAt('/v1/alerts/stream', alerts)).toBe(false);
        expect(await refusedAt('/v1/twins/p1/stream', twins)).toBe(false);
      });

      async function refusedAt(path: string, id: string): Promise<boolean> {
        const abort = new AbortController();
        const headers = { authorization: `Bearer ${north}`, 'last-event-id': id };
        const answer = await fetch(server.url + path, { headers, signal: abort.signal });
        if (answer.status === 200) {
          abort.abort();
          return false;
        }
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          410,
          'application/problem+json; charset=utf-8',
        ]);
        expect(await answer.json()).toMatchObject({ code: 'cursor-unknown', detail: expect.any(String) });
        return true;
      }
      const twinId = async (): Promise<string> => (await listen('/v1/twins/p1/stream', 1))[0]?.id ?? '';
      async function transitionOf(name: string): Promise<string> {
        const { rows } = await platform.pool.query<{ stream: string }>(
          `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert)
           SELECT key, $2, (SELECT count(*) + 1 FROM alert_transitions), gen_random_uuid(), 'raised', now(), now(), '{}'
           FROM tenants WHERE id = $1 RETURNING stream::text`,
          [name, uuid(99)],
        );
        return rows[0]?.stream ?? '';
      }
    });

    it('end when the client is disabled', async () => {
      const clients = new ClientStore(platform.pool);
      const secretHash = await hashSecret('passing-secret');
      await clients.put({ tenant: 'north', id: 'passing', secretHash, jwks: null, scopes: ALL_SCOPES });
      const bearer = await token('passing', 'passing-secret');
      const streams = await Promise.all(
        ['/v1/alerts/stream', '/v1/twins/p1/stream'].map((path) =>
          fetch(server.url + path, { headers: { authorization: `Bearer ${bearer}` } }),
        ),
      );
      const from = Date.now();
      await platform.pool.query(`UPDATE clients SET disabled_at = now() WHERE id = 'passing'`);
      await Promise.all(streams.map((stream) => stream.text()));
      expect(Date.now() - from).toBeLessThan(5_000);
      expect((await call('GET', '/v1/patients', undefined, bearer)).status).toBe(401);
    }, 15_000);
  });

  it('lets no name and no birth date into logs or metrics', async () => {
    await call('GET', `/v1/twins/${encodeURIComponent(NAME)}?born=${BIRTH}`);
    await call('POST', `/v1/alerts/${uuid(1)}/acknowledge`, { note: `${NAME} ${BIRTH}` });
    await call('PUT', '/v1/twins/p1/thresholds', {
      thresholds: [{ rule: NAME, limits: { [NAME]: BIRTH }, reason: NAME }],
    });
    platform.logger.info(
      { patient: 'p1', name: NAME, payload: { birthDate: BIRTH } },
      'a line with fields it must not have',
    );
    platform.logger.error({ err: new Error(`duplicate key (${NAME}, ${BIRTH})`) }, 'failed');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const seen = lines.join('') + metrics;
    expect(lines.length).toBeGreaterThan(0);
    expect(seen).not.toContain(NAME);
    expect(seen).not.toContain('Quartermaine');
    expect(seen).not.toContain(BIRTH);
  });
});
