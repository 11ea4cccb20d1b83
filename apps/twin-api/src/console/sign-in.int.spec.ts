import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addUser, ConsoleBrowser, type PageAnswer } from '../../../../test/support/sign-in/console-browser.js';
import { TwinApi } from '../twin-api.fixture.js';

const PASSWORD = 'a password of the ward';

describe('signing in to the console', () => {
  let api: TwinApi;
  let url: string;

  beforeAll(async () => {
    api = await TwinApi.open();
    ({ url } = api.server);
    await addUser(api.platform.pool, {
      name: 'Alice',
      password: PASSWORD,
      roles: ['nurse', 'physician'],
      fhirUser: 'Practitioner/17',
    });
    await addUser(api.platform.pool, { name: 'bob', password: PASSWORD, roles: ['nurse'] });
    await addUser(api.platform.pool, { name: 'sue', password: PASSWORD, roles: ['nurse'], tenant: 'south' });
    await addUser(api.platform.pool, { name: 'nora', password: PASSWORD, roles: [] });
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  const browser = (): ConsoleBrowser => new ConsoleBrowser(url);

  it('shows a page with User name, Password and Sign in, without scripts', async () => {
    const page = await browser().open('/console/sign-in');
    expect(page.status).toBe(200);
    expect(page.text).toContain('<label for="name">User name</label>');
    expect(page.text).toContain('<label for="password">Password</label>');
    expect(page.text).toContain('<button type="submit">Sign in</button>');
    expect(page.text).toContain('Research software, not a cleared medical device.');
    expect(page.text).not.toContain('<script');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('begins a session by authorization code with PKCE, whose cookie no script reads', async () => {
    const one = browser();
    const to = await one.ask('/console/sign-in');
    const authorization = new URL(to.headers.get('location') ?? '', url);
    expect(Object.fromEntries(authorization.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.any(String),
      redirect_uri: `${url}/console/callback`,
    });
    await one.signIn('ALICE', PASSWORD, '/console/alerts?status=open');
    const session = await one.session();
    expect(session).toEqual({
      status: 200,
      body: {
        user: { name: 'Alice', fhirUser: 'Practitioner/17' },
        tenant: { id: 'north' },
        roles: ['nurse', 'physician'],
        scopes: expect.arrayContaining(['twins.read', 'alerts.write', 'thresholds.write', 'monitoring.write']),
        csrfToken: expect.stringMatching(/^[\w-]{43}$/),
        expiresAt: expect.any(String),
      },
    });
    const [cookie] = one.given.filter((line) => line.startsWith('homeostat-session='));
    expect(cookie).toMatch(/^homeostat-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/i);
    // Nothing else that the browser holds is readable by scripts.
    for (const line of one.given) expect(line).toMatch(/httponly/i);
    expect((await one.call('GET', '/v1/twins/p1')).status).toBe(200);
  });

  it('goes on to where the person wanted to be, and to no other place', async () => {
    const one = browser();
    const end = (at: string) => at.includes('/console/alerts');
    const page = await one.open('/console/sign-in?next=%2Fconsole%2Falerts%3Fstatus%3Dopen');
    const sent = await one.ask(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ name: 'bob', password: PASSWORD }).toString(),
    });
    const last = await one.open(sent.headers.get('location') ?? '', end);
    expect(last.headers.get('location')).toBe('/console/alerts?status=open');
    for (const next of [
      'https://evil.example/',
      '//evil.example/console/',
      '/\\evil.example',
      '/console/../../evil',
      '/console/..%2f..%2fv1/alerts',
      '/console//evil.example/../../..',
      'javascript:alert(1)',
      '/v1/alerts',
      '/console/\u0000',
      '/consolex/',
    ]) {
      const answer = await browser().ask(`/console/sign-in?next=${encodeURIComponent(next)}`);
      const location = answer.headers.get('location');
      // A path that stays in the console may be gone on to; anything else is refused.
      if (next === '/console/..%2f..%2fv1/alerts') expect([302, 400]).toContain(answer.status);
      else expect([next, answer.status, location]).toEqual([next, 400, null]);
    }
  });

  it('gives every sign-in a new session, and ends the one before it', async () => {
    const one = browser();
    await one.signIn('bob', PASSWORD);
    const before = one.cookies.get(`${new URL(url).host} homeostat-session`)?.value;
    await one.signIn('alice', PASSWORD);
    const after = one.cookies.get(`${new URL(url).host} homeostat-session`)?.value;
    expect(after).not.toBe(before);
    const answer = await fetch(`${url}/v1/twins/p1`, { headers: { cookie: `homeostat-session=${before}` } });
    expect(answer.status).toBe(401);
    expect((await one.session()).body).toMatchObject({ user: { name: 'Alice' } });
  });

  it('asks for the password again after sign-out, whatever the browser keeps', async () => {
    const one = browser();
    await one.signIn('bob', PASSWORD);
    expect((await one.call('POST', '/console/sign-out')).status).toBe(204);
    expect((await one.session()).status).toBe(401);
    const page = await one.open('/console/sign-in');
    expect(page.text).toContain('<button type="submit">Sign in</button>');
    // Not either when the request to the issuer is changed by hand.
    const to = new URL((await one.ask('/console/sign-in')).headers.get('location') ?? '', url);
    to.searchParams.delete('prompt');
    const changed = await one.open(to.href);
    expect([200, 403]).toContain(changed.status);
    expect((await one.session()).status).toBe(401);
  });

  it('ends no session without its CSRF token', async () => {
    const one = browser();
    await one.signIn('bob', PASSWORD);
    const forged = await one.call('POST', '/console/sign-out', undefined, { 'x-csrf-token': 'x'.repeat(43) });
    expect(forged).toMatchObject({ status: 403, body: { code: 'csrf-token' } });
    expect((await one.session()).status).toBe(200);
  });

  it('refuses a sign-in that was begun in another browser, and a code a second time', async () => {
    const [one, other] = [browser(), browser()];
    const page = await one.open('/console/sign-in');
    const sent = await one.ask(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ name: 'bob', password: PASSWORD }).toString(),
    });
    const isCallback = (at: string): boolean => at.includes('/console/callback');
    const last = await one.open(sent.headers.get('location') ?? '', isCallback);
    const callback = last.headers.get('location') ?? '';
    expect(callback).toContain('/console/callback?code=');
    expect((await other.ask(callback)).status).toBe(400);
    expect((await other.session()).status).toBe(401);
    const stolen = new Map(one.cookies);
    expect((await one.ask(callback)).status).toBe(302);
    for (const [name, cookie] of stolen) other.cookies.set(name, cookie);
    expect((await other.ask(callback)).status).toBe(403);
    // The login form of one browser is none of another.
    expect((await browser().submit(page, 'bob', PASSWORD)).status).toBe(400);
  });

  it('answers a wrong password and a name that nobody has alike, in the same time', async () => {
    const taken: Record<string, number[]> = { bob: [], nobody: [] };
    const shown: PageAnswer[] = [];
    for (let round = 0; round < 4; round += 1)
      for (const name of ['bob', 'nobody']) {
        const page = await browser().open('/console/sign-in');
        const one = browser();
        const own = await one.open('/console/sign-in');
        expect(page.status).toBe(200);
        const begun = performance.now();
        const answer = await one.submit(own, name, `wrong ${round}`);
        taken[name]!.push(performance.now() - begun);
        shown.push({ ...answer, text: answer.text.replaceAll(name, 'NAME') });
      }
    expect(new Set(shown.map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set(shown.map(({ text }) => text)).size).toBe(1);
    expect(shown[0]?.text).toContain('The user name or the password is wrong.');
    const least = (name: string): number => Math.min(...taken[name]!);
    // One hash each: without it an answer takes a few ms.
    expect(Math.min(least('bob'), least('nobody'))).toBeGreaterThan(Math.max(least('bob'), least('nobody')) / 3);
  }, 60_000);

  it('slows guessing, for names that nobody has as well, and forgets it after the right password', async () => {
    for (const name of ['bob', 'zacharias']) {
      const answers: PageAnswer[] = [];
      for (let n = 0; n < 12 && answers.at(-1)?.status !== 429; n += 1) {
        const one = browser();
        answers.push(await one.submit(await one.open('/console/sign-in'), name, `guess ${n}`));
      }
      const refused = answers.at(-1);
      expect([name, refused?.status]).toEqual([name, 429]);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused?.text).toContain('Too many wrong passwords');
      const one = browser();
      // Not even the right one is looked at now.
      expect((await one.submit(await one.open('/console/sign-in'), name, PASSWORD)).status).toBe(429);
    }
    const other = browser();
    await other.signIn('alice', PASSWORD);
    expect((await other.session()).status).toBe(200);
  }, 120_000);

  it('lets nobody in without a role, and says so', async () => {
    const one = browser();
    const page = await one.submit(await one.open('/console/sign-in'), 'nora', PASSWORD);
    expect(page.status).toBe(403);
    expect(page.text).toContain('no role here: ask an administrator for one of nurse, physician, operator, auditor');
    expect((await one.session()).status).toBe(401);
  });

  it('shows a session its own tenant only', async () => {
    const one = browser();
    await one.signIn('sue', PASSWORD);
    expect((await one.session()).body).toMatchObject({ tenant: { id: 'south' } });
    expect((await one.call('GET', '/v1/twins/p1')).status).toBe(404);
    expect((await one.call<{ items: unknown[] }>('GET', '/v1/patients')).body.items).toEqual([]);
  });

  it('sends a browser from / to the console, and others the usual answer', async () => {
    const answer = await browser().ask('/');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console/']);
    const machine = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual' });
    expect([machine.status, machine.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('keeps the sessions of people and the tokens of clients apart: a bearer token comes first', async () => {
    const one = browser();
    await one.signIn('sue', PASSWORD);
    const answer = await one.call('GET', '/v1/twins/p1', undefined, { authorization: `Bearer ${api.http.token}` });
    expect(answer.status).toBe(200);
    const wrong = await one.call('GET', '/v1/patients', undefined, { authorization: 'Bearer x.y.z' });
    expect(wrong.status).toBe(401);
  });

  it('takes the cookie under /v1 only, and never lets other origins read', async () => {
    const one = browser();
    await one.signIn('alice', PASSWORD);
    const cors = await one.call('GET', '/v1/patients', undefined, { origin: 'https://evil.example' });
    expect(cors.status).toBe(200);
    expect([...cors.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});
