import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { ALL_SCOPES, Authenticated, hashSecret } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { bootstrap, type RunningServer } from '#libs/platform/http';
import { ClientStore } from '#libs/platform/storage';
import { createLogger } from '#libs/platform/telemetry';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { createPlatform, type Platform } from './index.js';

@Controller()
class ProbeRoutes {
  @Get('v1/probe')
  @Authenticated()
  probe(): string {
    return 'ok';
  }
}

@Module({ controllers: [ProbeRoutes] })
class ProbeModule {}

describe('introspection and revocation', () => {
  let database: TestDatabase;
  const platforms: Platform[] = [];
  const servers: RunningServer[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_LOGIN_ADDRESS: '0',
    });
    for (let n = 0; n < 2; n += 1) {
      const platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
      platforms.push(platform);
      servers.push(await bootstrap([ProbeModule], platform));
    }
    const clients = new ClientStore((platforms[0] as Platform).pool);
    for (const [tenant, id] of [
      ['north', 'ehr'],
      ['north', 'monitor'],
      ['south', 'other'],
    ] as const)
      await clients.put({ tenant, id, secretHash: await hashSecret(`${id}-secret`), jwks: null, scopes: ALL_SCOPES });
  }, 60_000);

  afterAll(async () => {
    for (const server of servers) await server.close();
    for (const platform of platforms) await platform.close();
    await database?.drop();
  });

  const basic = (id: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${id}:${id}-secret`).toString('base64')}`,
  });
  async function post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string>,
    on = 0,
  ): Promise<{ status: number; body: Record<string, unknown> | undefined }> {
    const answer = await fetch(`${servers[on]?.url}/oauth/${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers,
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
  }
  async function tokenOf(id: string, scope?: string): Promise<string> {
    const fields = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) };
    return (await post('token', fields, basic(id))).body?.['access_token'] as string;
  }
  async function probe(token: string, on: number): Promise<number> {
    return (await fetch(`${servers[on]?.url}/v1/probe`, { headers: { authorization: `Bearer ${token}` } })).status;
  }

  it('says what a token of the own tenant gives', async () => {
    const token = await tokenOf('ehr', 'twins.read system/Observation.rs?category=laboratory');
    const answer = await post('introspect', { token }, basic('monitor'));
    expect(answer).toEqual({
      status: 200,
      body: {
        active: true,
        scope: 'twins.read system/Observation.rs?category=laboratory',
        client_id: 'ehr',
        sub: 'ehr',
        token_type: 'Bearer',
        tenant: 'north',
        exp: expect.any(Number),
        jti: expect.any(String),
      },
    });
    const byToken = await post('introspect', { token }, { authorization: `Bearer ${await tokenOf('monitor')}` });
    expect(byToken.body).toEqual(answer.body);
  });

  it('says of a token of another tenant, and of what is none, that it is not active', async () => {
    for (const token of [await tokenOf('other'), 'x.y.z', 'nothing'])
      expect(await post('introspect', { token }, basic('ehr'))).toEqual({ status: 200, body: { active: false } });
  });

  it('is for clients only', async () => {
    const token = await tokenOf('ehr');
    for (const path of ['introspect', 'revoke']) {
      expect(await post(path, { token }, {})).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      expect(await post(path, { token }, { authorization: 'Bearer x.y.z' })).toMatchObject({
        status: 401,
        body: { error: 'invalid_token' },
      });
      expect(await post(path, {}, basic('ehr'))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    }
    expect(await probe(token, 0)).toBe(200);
  });

  it('ends a token at once where it was asked, and everywhere without being asked', async () => {
    const [token, stays] = [await tokenOf('ehr'), await tokenOf('ehr')];
    expect([await probe(token, 0), await probe(token, 1)]).toEqual([200, 200]);
    const access = await platforms[1]?.tokens.verifyToken(token);
    const ended = new Promise((done) => platforms[1]?.tokens.watch(access!, done));
    expect((await post('revoke', { token, token_type_hint: 'access_token' }, basic('ehr'))).status).toBe(200);
    expect(await probe(token, 0)).toBe(401);
    await until(async () => (await probe(token, 1)) === 401);
    expect(await ended).toBe('revoked');
    expect((await post('introspect', { token }, basic('ehr'))).body).toEqual({ active: false });
    expect([await probe(stays, 0), await probe(stays, 1)]).toEqual([200, 200]);
    expect((await post('revoke', { token }, basic('ehr'))).status).toBe(200);
  });

  it("ends nothing of another client, and says nothing of another tenant's", async () => {
    const [mine, foreign] = [await tokenOf('ehr'), await tokenOf('other')];
    expect(await post('revoke', { token: mine }, basic('monitor'))).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    for (const token of [foreign, 'x.y.z', 'nothing'])
      expect(await post('revoke', { token }, basic('ehr'))).toEqual({ status: 200, body: undefined });
    expect([await probe(mine, 0), await probe(foreign, 0)]).toEqual([200, 200]);
  });

  it('keeps a bounded number of revoked tokens for each client', async () => {
    const { pool } = platforms[0] as Platform;
    await pool.query(
      `INSERT INTO revoked_tokens (tenant, client, jti, expires_at)
       SELECT tenant, id, 'made-' || n, now() + interval '1 hour' FROM clients, generate_series(1, 1000) n WHERE id = 'monitor'`,
    );
    const token = await tokenOf('monitor');
    expect((await post('revoke', { token }, basic('monitor'))).status).toBe(503);
    await pool.query(`UPDATE revoked_tokens SET expires_at = now() WHERE jti = 'made-1'`);
    expect((await post('revoke', { token }, basic('monitor'))).status).toBe(200);
  });
});
