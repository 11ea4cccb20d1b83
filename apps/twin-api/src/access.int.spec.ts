import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '#libs/platform/http';
import type { Platform } from '#libs/platform/runtime';
import { alertOf, at, BIRTH, NAME, uuid, TwinApi } from './twin-api.fixture.js';

describe('access to the twin API', () => {
  let api: TwinApi;
  let platform: Platform;
  let server: RunningServer;
  let south: string;
  let call: TwinApi['call'];
  let transition: TwinApi['transition'];

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ platform, server, south, call, transition } = api);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('denies every route without a token, and with a token without scopes of it', async () => {
    const closed = server.routes.filter((route) => route.includes('/v1/'));
    expect(closed.length).toBeGreaterThanOrEqual(20);
    const other = await api.http.tokenOf('ward', 'samples.write');
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
      const answer = await call(method, path, body, { bearer: south });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(answer.body).toMatchObject({ code: 'not-found', status: 404 });
    }
    expect((await call('GET', '/v1/patients', undefined, { bearer: south })).body.items).toEqual([]);
    expect((await call('GET', '/v1/alerts', undefined, { bearer: south })).body.items).toEqual([]);
    expect((await call('GET', '/v1/webhooks', undefined, { bearer: south })).body.items).toEqual([]);
    await call('DELETE', `/v1/webhooks/${webhook}`);
  });

  it('lets no name and no birth date into logs or metrics', async () => {
    await transition(1, 1, alertOf(1, 'raised', 'open'));
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
    const seen = api.lines.join('') + metrics;
    expect(api.lines.length).toBeGreaterThan(0);
    expect(seen).not.toContain(NAME);
    expect(seen).not.toContain('Quartermaine');
    expect(seen).not.toContain(BIRTH);
  });
});
