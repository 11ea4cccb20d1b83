import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Alert } from '#libs/contracts';
import { DEFAULT_CATALOGUE } from '#libs/domain/packs';
import type { Access } from '#libs/platform/auth';
import type { Platform } from '#libs/platform/runtime';
import { RunningApi, type ApiAnswer } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';
import { recordedOf } from './acts.fixture.js';
import { Acts } from './acts.js';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const AT = '2026-03-01T08:00:00.000Z';
/** Every act on an alert, with a body that it takes. */
const ACTS: readonly (readonly [string, () => object])[] = [
  ['acknowledge', () => ({})],
  ['snooze', () => ({ until: new Date(Date.now() + 60_000).toISOString() })],
  ['resolve', () => ({ reason: 'seen' })],
];

describe('acts over HTTP and Postgres', () => {
  let api: RunningApi;
  let platform: Platform;
  let tenant: number;

  beforeAll(async () => {
    api = await RunningApi.open((on) => [TwinApiModule.forRoot(on)]);
    ({ platform, tenant } = api);
    await api.addClient('north', 'second');
    await platform.pool.query(`INSERT INTO twins (tenant, key, patient) VALUES ($1, 1, 'p1')`, [tenant]);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    bearer = api.token,
  ): Promise<ApiAnswer> {
    return api.call(method, path, body, { headers, bearer });
  }

  /** An open alert whose transitions had these severities, one after the other. */
  const alert = (n: number, severities: readonly Alert['severity'][]): Promise<string> => alertOf(uuid(n), severities);

  async function alertOf(id: string, severities: readonly Alert['severity'][]): Promise<string> {
    const alerts = severities.map((severity, i) => ({ id, severity, status: 'open', sequence: i + 1 }));
    for (const [i, one] of alerts.entries()) {
      await platform.pool.query(
        `INSERT INTO alert_transitions (tenant, episode, sequence, id, transition, at, recorded_at, alert)
         VALUES ($1, $2, $3, gen_random_uuid(), 'raised', $4, $4, $5)`,
        [tenant, id, i + 1, AT, one],
      );
    }
    await platform.pool.query(
      `INSERT INTO alert_episodes (tenant, id, twin, patient, rule, severity, status, effective_at, raised_at, updated_at, sequence, alert)
       VALUES ($1, $2, 1, 'p1', $3, $4, 'open', $5, $5, $5, $6, $7)`,
      [tenant, id, `rule-${id}`, alerts.at(-1)!.severity, AT, alerts.length, alerts.at(-1)],
    );
    return id;
  }

  const recorded = (act: unknown) => recordedOf(platform.pool, tenant, act);

  describe('the sequence that was seen', () => {
    it.each<{ name: string; severities: Alert['severity'][]; seen: number; status: number }>([
      { name: 'the newest', severities: ['medium', 'high'], seen: 2, status: 202 },
      { name: 'before a rise', severities: ['medium', 'high'], seen: 1, status: 409 },
      { name: 'before a fall', severities: ['high', 'medium'], seen: 1, status: 202 },
      { name: 'before a rise that has fallen again', severities: ['low', 'high', 'low'], seen: 1, status: 409 },
      { name: 'before a change of no severity', severities: ['low', 'low'], seen: 1, status: 202 },
      { name: 'one that is not there yet', severities: ['low'], seen: 2, status: 400 },
    ])('$name → $status, for every act', async ({ severities, seen, status }) => {
      const id = await alert(100 + seen * 10 + severities.length * 100 + status + severities[0]!.length, severities);
      for (const [act, body] of ACTS) {
        const answer = await call('POST', `/v1/alerts/${id}/${act}`, { ...body(), sequence: seen });
        expect([act, answer.status]).toEqual([act, status]);
        if (status === 409)
          expect(answer.body).toMatchObject({ code: 'alert-changed', alert: { id, sequence: severities.length } });
        if (status === 202) expect(answer.body).toMatchObject({ status: 'accepted', sequence: severities.length });
      }
    });

    it('without one the act meets the alert as it stands, and the answer says which that was', async () => {
      const id = await alert(1, ['low', 'medium', 'high']);
      const answer = await call('POST', `/v1/alerts/${id}/acknowledge`);
      expect([answer.status, answer.body['sequence']]).toEqual([202, 3]);
    });

    it('and the alert may be named in capitals: the log names it as it is stored', async () => {
      const id = 'abcdefab-cdef-4abc-8def-abcdefabcdef';
      await alertOf(id, ['medium']);
      for (const [act, body] of ACTS) {
        const answer = await call('POST', `/v1/alerts/${id.toUpperCase()}/${act}`, body());
        expect([act, answer.status]).toEqual([act, 202]);
        expect((await recorded(answer.body['act'])).log[0]).toMatchObject({ does: { type: act, episode: id } });
      }
    });

    it('goes into the log, where the engine looks again', async () => {
      const id = await alert(2, ['medium']);
      const { body } = await call('POST', `/v1/alerts/${id}/acknowledge`, {
        sequence: 1,
        reason: 'looked',
        useful: true,
      });
      const { log } = await recorded(body['act']);
      expect(log[0]).toMatchObject({
        does: { type: 'acknowledge', episode: id, sequence: 1, note: 'looked', useful: true },
      });
    });
  });

  describe('the person behind an act', () => {
    it('is in the audit, in the log and in the answer', async () => {
      const id = await alert(3, ['medium']);
      const { body } = await call('POST', `/v1/alerts/${id}/acknowledge`, { onBehalfOf: 'Practitioner/17' });
      expect(body['onBehalfOf']).toBe('Practitioner/17');
      const { audit, log } = await recorded(body['act']);
      expect(audit).toEqual([{ actor: 'ward', on_behalf_of: 'Practitioner/17' }]);
      expect(log[0]).toMatchObject({ actor: 'ward', onBehalfOf: 'Practitioner/17' });
    });

    it.each(['Device/1', 'Practitioner/', '17', 'Practitioner/1 2', 'javascript:Practitioner/1', 'Practitioner/1/x'])(
      'is refused when it is no person: %s',
      async (onBehalfOf) => {
        const answer = await call('POST', `/v1/alerts/${uuid(3)}/acknowledge`, { onBehalfOf });
        expect([answer.status, answer.body['errors']]).toMatchObject([400, [{ pointer: '/onBehalfOf' }]]);
      },
    );

    it('comes from the token where it names one, and a request may not name another', async () => {
      const id = await alert(4, ['medium']);
      const access = (await platform.tokens.verifyToken(api.token))!;
      const { token: own } = await platform.tokens.issue({ ...access, fhirUser: 'Practitioner/9' });
      const answer = await call('POST', `/v1/alerts/${id}/acknowledge`, {}, {}, own);
      expect((await recorded(answer.body['act'])).audit).toEqual([{ actor: 'ward', on_behalf_of: 'Practitioner/9' }]);
      const other = await call('POST', `/v1/alerts/${id}/acknowledge`, { onBehalfOf: 'Practitioner/1' }, {}, own);
      expect([other.status, other.body['errors']]).toMatchObject([400, [{ pointer: '/onBehalfOf' }]]);
    });
  });

  describe('Idempotency-Key', () => {
    async function acts(): Promise<number> {
      const { rows } = await platform.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM audit`);
      return rows[0]!.n;
    }

    it('makes repeats harmless, at once or later, also when the alert is closed meanwhile', async () => {
      const id = await alert(5, ['medium']);
      const key = { 'idempotency-key': 'k-1' };
      const before = await acts();
      const repeats = await Promise.all(
        Array.from({ length: 8 }, () => call('POST', `/v1/alerts/${id}/resolve`, { reason: 'x' }, key)),
      );
      await platform.pool.query(`UPDATE alert_episodes SET closed = TRUE WHERE id = $1`, [id]);
      repeats.push(await call('POST', `/v1/alerts/${id}/resolve`, { reason: 'x' }, key));
      expect(new Set(repeats.map(({ status, body }) => `${status} ${String(body['act'])}`)).size).toBe(1);
      expect((await acts()) - before).toBe(1);
    });

    it('is refused for another request, and kept apart by client', async () => {
      const id = await alert(6, ['medium']);
      const key = { 'idempotency-key': 'k-2' };
      expect((await call('POST', `/v1/alerts/${id}/acknowledge`, {}, key)).status).toBe(202);
      const other = await call('POST', `/v1/alerts/${id}/resolve`, {}, key);
      expect([other.status, other.body['code']]).toEqual([422, 'idempotency-key-reused']);
      const second = await api.tokenOf('second');
      expect((await call('POST', `/v1/alerts/${id}/resolve`, {}, key, second)).status).toBe(202);
    });

    it('of a refused request may be used again', async () => {
      const id = await alert(7, ['medium', 'high']);
      const key = { 'idempotency-key': 'k-3' };
      expect((await call('POST', `/v1/alerts/${id}/acknowledge`, { sequence: 1 }, key)).status).toBe(409);
      expect((await call('POST', `/v1/alerts/${id}/acknowledge`, { sequence: 2 }, key)).status).toBe(202);
    });

    it('is forgotten after 24 hours', async () => {
      const id = await alert(8, ['medium']);
      const key = { 'idempotency-key': 'k-4' };
      const first = await call('POST', `/v1/alerts/${id}/acknowledge`, {}, key);
      await platform.pool.query(`UPDATE idempotency_keys SET at = at - interval '25 hours' WHERE key = 'k-4'`);
      const second = await call('POST', `/v1/alerts/${id}/acknowledge`, {}, key);
      expect(second.status).toBe(202);
      expect(second.body['act']).not.toBe(first.body['act']);
    });

    it('answers a repeat as the first, though the times that it names are over by then', async () => {
      let now = Date.now();
      const own = new Acts(
        platform.pool,
        DEFAULT_CATALOGUE,
        () => undefined,
        () => now,
      );
      const id = await alert(9, ['medium']);
      const soon = new Date(now + 60_000).toISOString();
      const limits = [{ rule: 'glucose-low', limits: { limit: 75 }, reason: 'x', expiresAt: soon }];
      const requests = (of: string): (() => Promise<unknown>)[] => {
        const caller = (n: number): Parameters<Acts['snooze']>[0] => ({
          access: { tenant: { key: tenant, id: 'north' }, client: 'ward', scopes: [] } as unknown as Access,
          idempotencyKey: `${of}-${n}`,
        });
        return [
          () => own.snooze(caller(1), id, { until: soon }),
          () => own.setMonitoring(caller(2), 'p1', { state: 'off', reason: 'x', until: soon }),
          () => own.setThresholds(caller(3), 'p1', { thresholds: limits }),
          () => own.setTenantThresholds(caller(4), { thresholds: limits }),
        ];
      };
      const first = await Promise.all(requests('k-5').map((send) => send()));
      const before = await acts();
      now += 120_000;
      expect(await Promise.all(requests('k-5').map((send) => send()))).toEqual(first);
      expect(await acts()).toBe(before);
      for (const send of requests('k-6')) await expect(send()).rejects.toMatchObject({ status: 400 });
    });

    it('must be plain text', async () => {
      const answer = await call('POST', `/v1/alerts/${uuid(8)}/acknowledge`, {}, { 'idempotency-key': 'a b' });
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid']);
    });
  });
});
