import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningApi } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';
import { recordedOf } from './acts.fixture.js';

const path = '/v1/twins/p1/monitoring';

describe('monitoring over HTTP and Postgres', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)]);
    await api.platform.pool.query(`INSERT INTO twins (tenant, key, patient) VALUES ($1, 1, 'p1')`, [api.tenant]);
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  it('goes into the audit and the log', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const does = { state: 'off', rules: ['no-data'], reason: 'in the shower' };
    const { status, body } = await api.call('PUT', path, { ...does, until, onBehalfOf: 'Practitioner/17' });
    expect(status).toBe(202);
    const { audit, log } = await recordedOf(api.platform.pool, api.tenant, body['act']);
    expect(audit).toEqual([{ actor: 'ward', on_behalf_of: 'Practitioner/17' }]);
    expect(log[0]!['does']).toEqual({ type: 'set-monitoring', ...does, until: Date.parse(until) });
  });

  it.each([
    [{ state: 'off' }, '/reason'],
    ...['', ' ', '\t\n', '\u00a0', '\u200b', '\u2060\ufeff'].map(
      (reason) => [{ state: 'off', reason }, '/reason'] as const,
    ),
    [{ state: 'paused', reason: 'x' }, '/state'],
    [{ state: 'off', reason: 'x', rules: ['charisma-low'] }, '/rules/0'],
    [{ state: 'off', reason: 'x', rules: [] }, '/rules'],
    [{ state: 'off', reason: 'x', until: '2020-01-01T00:00:00Z' }, '/until'],
    [{ state: 'on', reason: 'x', rules: ['no-data'] }, '/rules'],
    [{ state: 'on', reason: 'x', until: '2099-01-01T00:00:00Z' }, '/until'],
  ])('refuses %j', async (body, pointer) => {
    const answer = await api.call('PUT', path, body);
    expect([answer.status, answer.body['errors']]).toMatchObject([400, [{ pointer }]]);
  });

  it('is on where nobody switched it, and unknown for unknown patients', async () => {
    expect((await api.call('GET', path)).body).toEqual({ state: 'on' });
    expect((await api.call('GET', '/v1/twins/p9/monitoring')).status).toBe(404);
    expect((await api.call('PUT', '/v1/twins/p9/monitoring', { state: 'off', reason: 'x' })).status).toBe(404);
  });
});
