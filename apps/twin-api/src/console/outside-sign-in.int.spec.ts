import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsoleBrowser, type PageAnswer } from '../../../../test/support/sign-in/console-browser.js';
import { RunningApi } from '../../../../test/support/running-api.js';
import { SECOND_CLIENT, SecondIssuer } from '../../../../test/support/sign-in/second-issuer.js';
import { TwinApiModule } from '../twin-api.module.js';
import { OutsideIssuers } from './outside-issuers.fixture.js';

const isConsole = (url: string): boolean => /\/console\/($|patients|alerts)/.test(new URL(url).pathname);

describe('people of an outside issuer', () => {
  let outside: OutsideIssuers;
  let hospital: SecondIssuer;
  let ehr: SecondIssuer;
  let api: RunningApi;

  beforeAll(async () => {
    outside = await OutsideIssuers.start({ OIDC_ROLES_CLAIM: 'realm_access.roles' });
    ({ hospital, ehr, api } = outside);
    hospital.accounts.set('a1', {
      name: 'Dr. Ada <b>Mwangi</b>\u202e',
      tenant: 'north',
      realm_access: { roles: ['offline_access', 'physician'] },
      roles: ['operator'],
    });
    hospital.accounts.set('no-role', { name: 'N', tenant: 'north', realm_access: { roles: ['staff'] } });
    hospital.accounts.set('no-tenant', { name: 'T', realm_access: { roles: ['nurse'] } });
    hospital.accounts.set('elsewhere', { name: 'E', tenant: 'unheard-of', realm_access: { roles: ['nurse'] } });
    ehr.accounts.set('e1', {
      name: 'Eve Ehr',
      realm_access: { roles: 'nurse' },
      fhirUser: `${ehr.fhir}/Practitioner/e1`,
    });
    ehr.accounts.set('e2', { name: 'Without Role' });
  }, 60_000);
  afterAll(async () => {
    await outside?.stop();
  }, 20_000);
  afterEach(() => {
    hospital.account = undefined;
    ehr.account = undefined;
    ehr.patient = undefined;
  });

  function open(path: string, browser = new ConsoleBrowser(api.server.url)): Promise<PageAnswer> {
    return browser.open(path, isConsole);
  }

  it('sign in there by authorization code with PKCE, and have the tenant and roles of their claims', async () => {
    hospital.account = 'a1';
    const browser = new ConsoleBrowser(api.server.url);
    const last = await open('/console/sign-in?next=/console/alerts', browser);
    expect(last.headers.get('location')).toBe('/console/alerts');
    expect(hospital.asked.at(-1)).toMatchObject({
      client_id: SECOND_CLIENT.id,
      response_type: 'code',
      code_challenge_method: 'S256',
      scope: 'openid profile',
      redirect_uri: `${api.server.url}/console/callback`,
    });
    expect((await browser.session()).body).toMatchObject({
      user: { name: 'Dr. Ada <b>Mwangi</b>' },
      tenant: { id: 'north' },
      roles: ['physician'],
    });
    expect((await browser.call('GET', '/v1/patients')).status).toBe(200);
    expect((await browser.call('GET', '/v1/clients')).status).toBe(403);
    const { csrfToken } = (await browser.session()).body;
    const ended = await browser.call('POST', '/console/sign-out', undefined, { 'x-csrf-token': String(csrfToken) });
    expect(ended.status).toBe(200);
    const redirect = new URL(String(ended.body['redirect']));
    expect(redirect.origin).toBe(hospital.url);
    expect(redirect.searchParams.get('post_logout_redirect_uri')).toBe(`${api.server.url}/console/`);
    expect((await browser.session()).status).toBe(401);
  });

  it.each([
    ['no-role', 'Your account has no role here'],
    ['no-tenant', 'Your account names no tenant (claim tenant)'],
    ['elsewhere', 'The tenant of your account is not known here'],
    [undefined, 'The sign-in was cancelled or not allowed'],
  ])('are told what is missing: %s', async (account, text) => {
    hospital.account = account;
    const browser = new ConsoleBrowser(api.server.url);
    const page = await open('/console/sign-in', browser);
    expect(page.status).toBe(403);
    expect(page.text).toContain(text);
    expect((await browser.session()).status).toBe(401);
  });

  it('open the patient of an EHR launch in context', async () => {
    ehr.account = 'e1';
    ehr.patient = 'p1';
    const browser = new ConsoleBrowser(api.server.url);
    const last = await open(`/console/launch?iss=${encodeURIComponent(ehr.fhir)}&launch=xyz`, browser);
    expect(last.headers.get('location')).toBe('/console/patients/p1');
    expect(ehr.asked.at(-1)).toMatchObject({ scope: 'launch openid fhirUser', launch: 'xyz', aud: ehr.fhir });
    expect((await browser.session()).body).toMatchObject({
      // Without the scope profile the EHR gives no name.
      user: { name: 'e1', fhirUser: `${ehr.fhir}/Practitioner/e1` },
      tenant: { id: 'north' },
      roles: ['nurse'],
    });
    ehr.patient = undefined;
    const without = await open(`/console/launch?iss=${encodeURIComponent(`${ehr.fhir}/`)}&launch=abc`);
    expect(without.headers.get('location')).toBe('/console/');
    ehr.patient = '../../evil';
    const evil = await open(`/console/launch?iss=${encodeURIComponent(ehr.fhir)}&launch=abc`);
    expect(evil.headers.get('location')).toBe('/console/');
  });

  it('are refused where the EHR is not configured, or gives no role', async () => {
    const other = await open(`/console/launch?iss=${encodeURIComponent('https://evil.example/fhir')}&launch=xyz`);
    expect([other.status, other.text.includes('This EHR is not configured here')]).toEqual([403, true]);
    expect((await open('/console/launch?iss=x')).status).toBe(400);
    ehr.account = 'e2';
    const page = await open(`/console/launch?iss=${encodeURIComponent(ehr.fhir)}&launch=xyz`);
    expect([page.status, page.text.includes('no role here')]).toEqual([403, true]);
  });

  it('are asked to try again while the issuer is away', async () => {
    const gone = await SecondIssuer.start();
    await gone.stop();
    const away = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
      env: { OIDC_ISSUER: gone.url, OIDC_CLIENT_ID: 'x' },
    });
    try {
      const page = await new ConsoleBrowser(away.server.url).ask('/console/sign-in');
      expect(page.status).toBe(503);
      expect(page.text).toContain('The issuer cannot be reached. Try again in a moment.');
      expect(page.headers.get('retry-after')).toBe('5');
    } finally {
      await away.close();
    }
  }, 30_000);
});
