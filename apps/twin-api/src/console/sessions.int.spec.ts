import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantOfUser, Sessions } from '#libs/platform/auth';
import { readConfig } from '#libs/platform/config';
import { bootstrap } from '#libs/platform/http';
import { createPlatform } from '#libs/platform/runtime';
import { SessionStore, UserStore, type User } from '#libs/platform/storage';
import { createLogger } from '#libs/platform/telemetry';
import { until } from '#libs/testing';
import { addUser, ConsoleBrowser } from '../../../../test/support/sign-in/console-browser.js';
import { openStream } from '../../../../test/support/sign-in/session-stream.js';
import { alertOf, TwinApi, uuid } from '../twin-api.fixture.js';
import { TwinApiModule } from '../twin-api.module.js';

const PASSWORD = 'a password of the ward';

describe('sessions of the console', () => {
  let api: TwinApi;
  let url: string;
  let users: UserStore;
  let alice: User;

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ url } = api.server);
    const { pool } = api.platform;
    users = new UserStore(pool);
    alice = await addUser(pool, {
      name: 'alice',
      password: PASSWORD,
      roles: ['nurse', 'physician'],
      fhirUser: 'Practitioner/17',
    });
    await addUser(pool, { name: 'Björn O’Neil', password: PASSWORD, roles: ['nurse'] });
    await api.transition(1, 1, alertOf(1, 'raised', 'open'));
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  async function signedIn(name: string, at_ = url): Promise<ConsoleBrowser> {
    const browser = new ConsoleBrowser(at_);
    await browser.signIn(name, PASSWORD);
    expect((await browser.session()).status).toBe(200);
    return browser;
  }

  it('takes no changing request without X-CSRF-Token, before its body is read', async () => {
    const browser = await signedIn('alice');
    for (const token of ['', 'x', 'x'.repeat(43)]) {
      const answer = await browser.call('POST', `/v1/alerts/${uuid(1)}/acknowledge`, {}, { 'x-csrf-token': token });
      expect(answer).toMatchObject({ status: 403, body: { code: 'csrf-token' } });
    }
    const broken = await browser.ask(`/v1/alerts/${uuid(1)}/acknowledge`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(broken.text)).toMatchObject({ code: 'csrf-token' });
    const other = await signedIn('alice');
    const { csrfToken } = (await other.session()).body;
    const ofAnother = await browser.call(
      'POST',
      `/v1/alerts/${uuid(1)}/acknowledge`,
      {},
      { 'x-csrf-token': String(csrfToken) },
    );
    expect(ofAnother.status).toBe(403);
    expect((await browser.call('POST', `/v1/alerts/${uuid(1)}/acknowledge`, {})).status).toBe(202);
  });

  it("names the session's person behind an act: by reference where the account has one, else by name", async () => {
    await (
      await signedIn('alice')
    ).call('POST', `/v1/alerts/${uuid(1)}/snooze`, {
      until: new Date(Date.now() + 900_000).toISOString(),
    });
    const bjorn = await signedIn('björn o’neil');
    const act = await bjorn.call<{ act: string }>('POST', `/v1/alerts/${uuid(1)}/resolve`, { note: 'seen' });
    expect(act.status).toBe(202);
    const { rows } = await api.platform.pool.query(
      `SELECT act, actor, on_behalf_of FROM audit WHERE act IN ('snooze', 'resolve') ORDER BY act`,
    );
    expect(rows).toEqual([
      { act: 'resolve', actor: 'user:Björn O’Neil', on_behalf_of: 'Björn O’Neil' },
      { act: 'snooze', actor: 'user:alice', on_behalf_of: 'Practitioner/17' },
    ]);
    const forged = await bjorn.call('POST', `/v1/alerts/${uuid(1)}/resolve`, { onBehalfOf: 'Practitioner/17' });
    expect(forged).toMatchObject({ status: 400, body: { errors: [{ code: 'not-the-token-person' }] } });
  });

  it('repeats an act under the same Idempotency-Key after signing in again', async () => {
    const before = await signedIn('alice');
    const headers = { 'idempotency-key': 'one-act' };
    const first = await before.call('POST', `/v1/alerts/${uuid(1)}/acknowledge`, { note: 'x' }, headers);
    await before.call('POST', '/console/sign-out');
    expect((await before.call('POST', `/v1/alerts/${uuid(1)}/acknowledge`, { note: 'x' }, headers)).status).toBe(401);
    const again = await signedIn('alice');
    const second = await again.call('POST', `/v1/alerts/${uuid(1)}/acknowledge`, { note: 'x' }, headers);
    expect(second).toMatchObject({ status: 202, body: first.body });
  });

  it.each([
    ['sign-out', async (browser: ConsoleBrowser) => void (await browser.call('POST', '/console/sign-out'))],
    ['another role', () => users.setRoles('eve', ['auditor'], 'test')],
    ['another password', () => users.setPassword('eve', 'scrypt$1$1$1$AAAA$AAAA', 'test')],
    ['removal of the user', () => users.remove('eve', 'test')],
  ])(
    'ends with its open streams on %s',
    async (_what, change) => {
      await users.remove('eve', 'test');
      await addUser(api.platform.pool, { name: 'eve', password: PASSWORD, roles: ['nurse'] });
      const browser = await signedIn('eve');
      const [twin, alerts] = await Promise.all([
        openStream(browser, '/v1/twins/p1/stream'),
        openStream(browser, '/v1/alerts/stream'),
      ]);
      expect([twin.status, alerts.status]).toEqual([200, 200]);
      const stays = await openStream(await signedIn('alice'), '/v1/alerts/stream');
      await change(browser);
      await Promise.all([twin.ended, alerts.ended]);
      expect((await browser.call('GET', '/v1/alerts')).status).toBe(401);
      const isOpen = await Promise.race([stays.ended.then(() => false), sleep(100).then(() => true)]);
      expect(isOpen).toBe(true);
      stays.close();
    },
    20_000,
  );

  it('survives a restart of the server, and holds on every process', async () => {
    const browser = await signedIn('alice');
    const config = readConfig({ PORT: '0', DATABASE_URL: api.platform.databaseUrl });
    const platform = await createPlatform(config, { logger: createLogger({ level: 'silent', role: 'test' }) });
    const server = await bootstrap([TwinApiModule.forRoot(platform)], platform);
    try {
      const headers = browser.cookieHeader(new URL(url));
      const answer = await fetch(`${server.url}/console/session`, { headers });
      expect(await answer.json()).toMatchObject({ user: { name: 'alice' } });
      // A sign-in that one process began is finished by another.
      const other = new ConsoleBrowser(url);
      const page = await other.open('/console/sign-in');
      const moved = new ConsoleBrowser(server.url);
      for (const [key, cookie] of other.cookies)
        moved.cookies.set(key.replace(new URL(url).host, new URL(server.url).host), cookie);
      const sent = await moved.ask(new URL(page.url).pathname, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ name: 'alice', password: PASSWORD }).toString(),
      });
      expect(sent.status).toBe(303);
    } finally {
      platform.beginClosing();
      await server.close();
      await platform.close();
    }
  }, 30_000);

  /** Whether it is noted that the session was in use then. */
  async function seenAt(id: string, time: number): Promise<boolean> {
    const found = await api.platform.pool.query('SELECT FROM sessions WHERE id = $1 AND seen_at = $2', [
      id,
      new Date(time),
    ]);
    return found.rowCount === 1;
  }

  it('ends when it is idle, unless a stream keeps it in use, and at its end however much it is used', async () => {
    let now = Date.parse('2026-03-01T08:00:00Z');
    const store = new SessionStore(api.platform.pool);
    const sessions = new Sessions(store, { idleMs: 600_000, absoluteMs: 3_600_000, watchEveryMs: 100 }, () => now);
    const person = {
      tenant: alice.tenant,
      subject: 'user:alice',
      name: 'alice',
      roles: ['nurse'],
      fhirUser: null,
      userId: alice.id,
      grant: grantOfUser((await users.find('alice'))!),
      issuer: null,
    };
    const [idle, watched] = [await sessions.begin(person), await sessions.begin(person)];
    const access = await sessions.find(watched);
    expect(access?.scopes).toContain('alerts.write');
    let ended: string | undefined;
    const stop = sessions.watch(access!, (reason) => (ended = reason));
    for (let minute = 0; minute < 12; minute += 3) {
      now += 180_000;
      await until(() => seenAt(access!.session!.id, now));
    }
    expect(ended).toBeUndefined();
    expect(await sessions.find(watched)).toBeDefined();
    expect(await sessions.find(idle)).toBeUndefined();
    now += 50 * 60_000;
    await until(() => ended !== undefined);
    expect(ended).toBe('expired');
    expect(await sessions.find(watched)).toBeUndefined();
    stop();
  }, 30_000);

  it('stores no cookie that could be used', async () => {
    const browser = await signedIn('alice');
    const token = browser.cookies.get(`${new URL(url).host} homeostat-session`)?.value ?? '';
    const { rows } = await api.platform.pool.query<{ line: string }>(
      `SELECT row_to_json(s)::text AS line FROM sessions s`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(api.lines.join('')).not.toContain(token);
  });

  it('is Secure and bound to its host where people come over https', async () => {
    const env = { PORT: '0', DATABASE_URL: api.platform.databaseUrl, PUBLIC_URL: 'https://ward.example' };
    const platform = await createPlatform(readConfig(env), { logger: createLogger({ level: 'silent', role: 'test' }) });
    const server = await bootstrap([TwinApiModule.forRoot(platform)], platform);
    try {
      const browser = new ConsoleBrowser(server.url);
      const begun = await browser.ask('/console/sign-in');
      expect(begun.headers.get('set-cookie')).toMatch(/Secure/);
      const authorization = new URL(begun.headers.get('location') ?? '', server.url);
      expect(authorization.searchParams.get('redirect_uri')).toBe('https://ward.example/console/callback');
      const asked = await browser.ask(authorization.href);
      for (const line of asked.headers.getSetCookie()) expect(line).toMatch(/secure/i);
      const page = await browser.ask(asked.headers.get('location') ?? '');
      const sent = await browser.ask(page.url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ name: 'alice', password: PASSWORD }).toString(),
      });
      const resumed = await browser.ask(new URL(sent.headers.get('location') ?? '').pathname);
      const callback = new URL(resumed.headers.get('location') ?? '');
      expect(callback.origin).toBe('https://ward.example');
      const done = await browser.ask(callback.pathname + callback.search);
      expect(done.headers.getSetCookie().join('\n')).toMatch(
        /__Host-homeostat=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax/i,
      );
    } finally {
      platform.beginClosing();
      await server.close();
      await platform.close();
    }
  }, 30_000);

  it('ends when the user is removed', async () => {
    await addUser(api.platform.pool, { name: 'temp', password: PASSWORD, roles: ['nurse'] });
    const one = await signedIn('temp');
    await users.remove('temp', 'test');
    await until(async () => (await one.session()).status === 401);
  }, 60_000);
});
