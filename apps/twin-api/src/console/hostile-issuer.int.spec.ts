import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { ConsoleBrowser, type PageAnswer } from '../../../../test/support/sign-in/console-browser.js';
import { RunningApi } from '../../../../test/support/running-api.js';
import { SECOND_CLIENT, type SecondIssuer, type SignClaims } from '../../../../test/support/sign-in/second-issuer.js';
import { TwinApiModule } from '../twin-api.module.js';
import { OutsideIssuers } from './outside-issuers.fixture.js';

type Forge = (claims: JWTPayload, sign: SignClaims) => Promise<string | undefined>;
const now = (): number => Math.floor(Date.now() / 1000);
const without = (claims: JWTPayload, name: string): JWTPayload =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

/** What no id token may be, whoever issued it. */
const FORGED: readonly (readonly [string, Forge])[] = [
  ['of another audience', (claims, sign) => sign({ ...claims, aud: 'another-console' })],
  [
    'for several, authorized for another',
    (claims, sign) => sign({ ...claims, aud: [SECOND_CLIENT.id, 'x'], azp: 'x' }),
  ],
  ['of another issuer', (claims, sign) => sign({ ...claims, iss: 'https://evil.example' })],
  ['that has expired', (claims, sign) => sign({ ...claims, iat: now() - 900, exp: now() - 300 })],
  ['without an end', (claims, sign) => sign(without(claims, 'exp'))],
  ['not valid yet', (claims, sign) => sign({ ...claims, nbf: now() + 600 })],
  ['of another sign-in', (claims, sign) => sign({ ...claims, nonce: 'of-another' })],
  ['without a nonce', (claims, sign) => sign(without(claims, 'nonce'))],
  ['that says nobody', (claims, sign) => sign(without(claims, 'sub'))],
  [
    'signed by another key',
    async (claims) => {
      const { privateKey } = await generateKeyPair('RS256');
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'second' }).sign(privateKey);
    },
  ],
  [
    'signed by the secret of the client',
    (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'second' })
        .sign(new TextEncoder().encode(SECOND_CLIENT.secret.padEnd(32, '.'))),
  ],
  ['without a signature', (claims) => Promise.resolve(new UnsecuredJWT(claims).encode())],
  ['that is not there', () => Promise.resolve(undefined)],
];

describe('what an outside issuer answers', () => {
  let outside: OutsideIssuers;
  let hospital: SecondIssuer;
  let ehr: SecondIssuer;
  let api: RunningApi;

  beforeAll(async () => {
    outside = await OutsideIssuers.start();
    ({ hospital, ehr, api } = outside);
    for (const issuer of [hospital, ehr]) {
      issuer.accounts.set('a1', { name: 'Ada', tenant: 'north', roles: ['nurse'] });
      issuer.account = 'a1';
    }
  }, 60_000);
  afterAll(async () => {
    await outside?.stop();
  }, 20_000);
  afterEach(() => {
    for (const issuer of [hospital, ehr]) {
      issuer.forge = undefined;
      issuer.away.clear();
    }
  });

  const isCallback = (url: string): boolean => new URL(url).pathname === '/console/callback';
  const isConsole = (url: string): boolean => /\/console\/($|patients)/.test(new URL(url).pathname);
  const launch = (): string => `/console/launch?iss=${encodeURIComponent(ehr.fhir)}&launch=xyz`;

  async function isSignedIn(browser: ConsoleBrowser): Promise<boolean> {
    return (await browser.session()).status === 200;
  }
  /** Where the issuer sends the browser back to. */
  async function sentBack(browser: ConsoleBrowser, path = '/console/sign-in'): Promise<URL> {
    const last = await browser.open(path, isCallback);
    return new URL(last.headers.get('location')!, last.url);
  }

  it.each(FORGED)('signs nobody in by an id token %s: neither of a hospital nor of an EHR', async (_, forge) => {
    for (const [issuer, path] of [
      [hospital, '/console/sign-in'],
      [ehr, launch()],
    ] as const) {
      issuer.forge = forge;
      const browser = new ConsoleBrowser(api.server.url);
      const page = await browser.open(path, isConsole);
      expect([page.status, page.text.includes('Not signed in')]).toEqual([403, true]);
      expect(await isSignedIn(browser)).toBe(false);
      issuer.forge = undefined;
      expect((await browser.open(path, isConsole)).status).toBe(302);
      expect(await isSignedIn(browser)).toBe(true);
    }
  });

  it('is taken from an issuer whose clock is a few seconds off', async () => {
    hospital.forge = (claims, sign) => sign({ ...claims, iat: now() + 5, exp: now() + 600 });
    const browser = new ConsoleBrowser(api.server.url);
    await browser.open('/console/sign-in', isConsole);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each<readonly [string, (url: URL, other: URL) => void, number]>([
    ['another state', (url) => url.searchParams.set('state', 'other'), 400],
    ['no state', (url) => url.searchParams.delete('state'), 400],
    [
      "the state of somebody else's sign-in",
      (url, other) => url.searchParams.set('state', other.searchParams.get('state')!),
      400,
    ],
    [
      "the code of somebody else's sign-in",
      (url, other) => url.searchParams.set('code', other.searchParams.get('code')!),
      403,
    ],
    ['the name of another issuer', (url) => url.searchParams.set('iss', 'https://evil.example'), 403],
    ['no code', (url) => url.searchParams.delete('code'), 403],
  ])('signs nobody in when the browser comes back with %s', async (_, change, status) => {
    const [browser, other] = [new ConsoleBrowser(api.server.url), new ConsoleBrowser(api.server.url)];
    const [url, theirs] = [await sentBack(browser), await sentBack(other)];
    change(url, theirs);
    expect((await browser.ask(url.href)).status).toBe(status);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('signs in once only, and in the browser only that began', async () => {
    const [browser, thief] = [new ConsoleBrowser(api.server.url), new ConsoleBrowser(api.server.url)];
    const url = await sentBack(browser);
    expect((await thief.ask(url.href)).status).toBe(400);
    expect((await browser.ask(url.href)).status).toBe(302);
    expect(await isSignedIn(browser)).toBe(true);
    expect((await browser.ask(url.href)).status).toBe(400);
    expect(await isSignedIn(thief)).toBe(false);
  });

  it.each([
    ['the token endpoint fails', '/token', 502],
    ['the keys cannot be read', '/jwks', 503],
    ['who has signed in cannot be read', '/me', 503],
  ])(
    'asks to try again while %s, and says nothing of roles',
    async (_, path, status) => {
      hospital.away.set(path, status);
      // Some issuers give roles at userinfo only.
      hospital.forge = (claims, sign) => sign(without(claims, 'roles'));
      // The keys of an issuer are kept for a while: this process has not read them yet.
      const fresh = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
        env: {
          OIDC_ISSUER: hospital.url,
          OIDC_CLIENT_ID: SECOND_CLIENT.id,
          OIDC_CLIENT_SECRET: SECOND_CLIENT.secret,
        },
      });
      try {
        expectAway(await new ConsoleBrowser(fresh.server.url).open('/console/sign-in', isConsole));
      } finally {
        await fresh.close();
      }
    },
    30_000,
  );

  it.each(['temporarily_unavailable', 'server_error'])('asks to try again when the issuer says %s', async (error) => {
    const browser = new ConsoleBrowser(api.server.url);
    const url = await sentBack(browser);
    url.searchParams.delete('code');
    url.searchParams.set('error', error);
    expectAway(await browser.ask(url.href));
  });

  function expectAway(page: PageAnswer): void {
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page.text).toContain('Try again in a moment.');
  }

  it('holds people of two issuers apart who have the same number there', async () => {
    const subjects = async (): Promise<readonly string[]> => {
      const { rows } = await api.platform.pool.query<{ subject: string }>('SELECT subject FROM sessions');
      return rows.map(({ subject }) => subject);
    };
    await api.platform.pool.query('DELETE FROM sessions');
    await new ConsoleBrowser(api.server.url).open('/console/sign-in', isConsole);
    await new ConsoleBrowser(api.server.url).open(launch(), isConsole);
    const found = await subjects();
    expect(found).toHaveLength(2);
    expect(new Set(found).size).toBe(2);
    expect(found).toContain('oidc-user:a1');
  });

  it('holds people apart whose numbers differ at the end only', async () => {
    const long = 'n'.repeat(240);
    await api.platform.pool.query('DELETE FROM sessions');
    for (const sub of [`${long}1`, `${long}2`]) {
      hospital.accounts.set(sub, { name: 'Long', tenant: 'north', roles: ['nurse'] });
      hospital.account = sub;
      await new ConsoleBrowser(api.server.url).open('/console/sign-in', isConsole);
    }
    hospital.account = 'a1';
    const { rows } = await api.platform.pool.query('SELECT DISTINCT subject FROM sessions');
    expect(rows).toHaveLength(2);
  });
});
