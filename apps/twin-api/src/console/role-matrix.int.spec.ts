import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scopesOfRoles } from '#libs/platform/auth';
import { addUser, ConsoleBrowser } from '../../../../test/support/sign-in/console-browser.js';
import { RunningApi } from '../../../../test/support/running-api.js';
import { TwinApiModule } from '../twin-api.module.js';

const PASSWORD = 'a password of the ward';
const ROLES = ['nurse', 'physician', 'operator', 'auditor'] as const;
type Role = (typeof ROLES)[number];

const ID = '00000000-0000-4000-8000-000000000001';
const [N, P, O, A]: readonly Role[] = ROLES;

/** What the roles are for, by route; written down here once more, so that no change of a scope changes it unseen. */
const MATRIX: readonly (readonly [route: string, roles: readonly (Role | undefined)[]])[] = [
  ['get /v1/patients', [N, P, O, A]],
  ['get /v1/twins/{patient}', [N, P, O, A]],
  ['get /v1/twins/{patient}/measurements', [N, P, O, A]],
  ['get /v1/twins/{patient}/stream', [N, P, O, A]],
  ['get /v1/twins/{patient}/thresholds', [N, P, A]],
  ['put /v1/twins/{patient}/thresholds', [P]],
  ['patch /v1/twins/{patient}/thresholds', [P]],
  ['put /v1/thresholds', [P]],
  ['get /v1/twins/{patient}/monitoring', [N, P, O, A]],
  ['put /v1/twins/{patient}/monitoring', [P]],
  ['get /v1/alerts', [N, P, O, A]],
  ['get /v1/alerts/stream', [N, P, O, A]],
  ['get /v1/alerts/{id}', [N, P, O, A]],
  ['post /v1/alerts/{id}/acknowledge', [N, P]],
  ['post /v1/alerts/{id}/snooze', [N, P]],
  ['post /v1/alerts/{id}/resolve', [N, P]],
  ['get /v1/alarm-quality', [N, P, O, A]],
  ['get /v1/forecast-scores', [N, P, O, A]],
  ['get /v1/models', [N, P, O, A]],
  ['get /v1/twins/{patient}/scenarios', [P, A]],
  ['post /v1/twins/{patient}/scenarios', [P]],
  ['get /v1/scenarios/{id}', [P, A]],
  ['post /v1/scenarios/batch', [P]],
  ['post /v1/twins/{patient}/parameters/fit', [P]],
  ['put /v1/twins/{patient}/therapy', []],
  ['post /v1/twins/{patient}/proposals', []],
  ['get /v1/dead-letters', [O, A]],
  ['post /v1/dead-letters/{id}/replay', [O]],
  ['get /v1/webhooks', [O, A]],
  ['post /v1/webhooks', [O]],
  ['get /v1/webhooks/{id}', [O, A]],
  ['patch /v1/webhooks/{id}', [O]],
  ['delete /v1/webhooks/{id}', [O]],
  ['get /v1/clients', [O, A]],
  ['post /v1/clients', [O]],
  ['delete /v1/clients/{id}', [O]],
  ['get /v1/settings', [O, A]],
  ['put /v1/settings', [O]],
];

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly security?: readonly { readonly oauth2: readonly string[] }[] }>>>
  >;
}

describe('what people may do, by role', () => {
  let api: RunningApi;
  const browsers = new Map<Role, ConsoleBrowser>();
  let documented: ReadonlyMap<string, readonly string[]>;
  let routes: readonly string[];

  beforeAll(async () => {
    api = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)]);
    for (const role of ROLES) {
      await addUser(api.platform.pool, { name: role, password: PASSWORD, roles: [role] });
      const browser = new ConsoleBrowser(api.server.url);
      await browser.signIn(role, PASSWORD);
      browsers.set(role, browser);
    }
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;
    documented = new Map(
      Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item).map(
          ([method, { security = [] }]) => [`${method} ${path}`, security.flatMap(({ oauth2 }) => oauth2)] as const,
        ),
      ),
    );
    routes = api.server.routes
      .map((route) => {
        const [method = '', path = ''] = route.split(' ');
        return `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      })
      .filter((route) => route.includes(' /v1/'));
  }, 60_000);
  afterAll(() => api?.close(), 20_000);

  /** Roles that are let through; what becomes of the request then is not looked at. */
  async function letThrough(route: string): Promise<readonly Role[]> {
    const [method = '', path = ''] = route.split(' ');
    const target = path.replace('{patient}', 'p1').replaceAll(/\{\w+\}/g, ID);
    const through: Role[] = [];
    for (const role of ROLES) {
      const browser = browsers.get(role)!;
      const url = new URL(target, api.server.url);
      const ended = new AbortController();
      const { csrfToken } = (await browser.session()).body;
      const answer = await fetch(url, {
        method: method.toUpperCase(),
        headers: {
          ...browser.cookieHeader(url),
          'x-csrf-token': String(csrfToken),
          ...(method === 'get' || method === 'delete' ? {} : { 'content-type': 'application/json' }),
        },
        ...(method === 'get' || method === 'delete' ? {} : { body: '{"unknown":1}' }),
        signal: ended.signal,
      });
      // Streams have no end.
      if (answer.status !== 403) ended.abort();
      else expect(await answer.json()).toMatchObject({ code: 'insufficient-scope' });
      expect([route, answer.status]).not.toEqual([route, 401]);
      expect(answer.status).toBeLessThan(500);
      if (answer.status !== 403) through.push(role);
    }
    return through;
  }

  it.each(MATRIX)('%s', async (route, roles) => {
    expect(routes).toContain(route);
    expect(await letThrough(route)).toEqual(roles);
  });

  it('is on every route what its scopes say', async () => {
    expect(routes.length).toBeGreaterThan(MATRIX.length);
    for (const route of routes) {
      // People need `monitoring.write` for it, clients may still use `alerts.write`.
      const isMonitoring = route === 'put /v1/twins/{patient}/monitoring';
      const scopes = isMonitoring ? ['monitoring.write'] : (documented.get(route) ?? []);
      expect([route, scopes.length > 0]).toEqual([route, true]);
      const expected = ROLES.filter((role) => scopes.some((scope) => scopesOfRoles([role]).includes(scope)));
      expect([route, await letThrough(route)]).toEqual([route, expected]);
    }
  }, 60_000);

  it('lets an operator and an auditor do nothing to a patient', async () => {
    const changing = routes.filter(
      (route) => !route.startsWith('get ') && /\/(twins|alerts|thresholds|proposals)/.test(route),
    );
    expect(changing.length).toBeGreaterThan(5);
    for (const route of changing) {
      const through = await letThrough(route);
      expect([route, through.filter((role) => role === O || role === A)]).toEqual([route, []]);
    }
  }, 60_000);

  it('lets people send no samples and reach no FHIR resource by their cookie', () => {
    for (const role of ROLES) {
      expect(
        scopesOfRoles([role]).filter((scope) => scope.startsWith('system/') || scope.startsWith('samples')),
      ).toEqual([]);
    }
  });
});
