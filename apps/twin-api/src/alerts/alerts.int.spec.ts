import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { TOPICS } from '#libs/contracts';
import type { Platform } from '#libs/platform/runtime';
import { alertOf, at, uuid, TwinApi, type Answer } from '../twin-api.fixture.js';

describe('alerts, acts and limits over the API', () => {
  let api: TwinApi;
  let platform: Platform;
  let tenant: number;
  let twin: string;
  let call: TwinApi['call'];
  let transition: TwinApi['transition'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ platform, tenant, twin, call, transition } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

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
    expect(rules.map((rule) => rule.id)).toEqual(expect.arrayContaining(['glucose-low', 'heart-rate-high', 'no-data']));
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
