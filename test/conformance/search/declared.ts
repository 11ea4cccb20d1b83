import assert from 'node:assert/strict';
import { status } from '../expectations.js';
import { requirements } from '../requirement.js';
import type { Answer, Any, Server } from '../server.js';

/** A value of the right form for a parameter of each type. */
const VALUES: Readonly<Record<string, string>> = {
  token: 'a',
  string: 'a',
  date: '2026-03-01',
  number: '1',
  quantity: '1',
  reference: 'Patient/1',
  uri: 'http://example.org/a',
};

const AT_ONCE = 16;

async function all(checks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...checks];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let check = left.shift(); check !== undefined; check = left.shift()) await check();
    }),
  );
}

async function declared(server: Server): Promise<readonly Any[]> {
  const { body } = await server.get('/metadata');
  return body.rest[0].resource;
}

export const DECLARED = requirements('search', 'SR', [
  {
    id: 40,
    source: 'capabilitystatement.html',
    title: 'every declared search parameter is served, and not ignored',
    check: async (server) => {
      const checks: (() => Promise<void>)[] = [];
      for (const { type, searchParam = [] } of await declared(server)) {
        for (const { name, type: kind } of searchParam as Any[]) {
          const value = VALUES[kind];
          if (value === undefined) continue;
          checks.push(async () => {
            const ask = (sent: string): Promise<Answer> =>
              server.get(`/${type}?${name}=${encodeURIComponent(sent)}&_count=0`, { prefer: 'handling=strict' });
            const first = await ask(value);
            // Some tokens are booleans.
            const answer = first.status === 400 && kind === 'token' ? await ask('true') : first;
            assert.equal(answer.status, 200, `${type}?${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
          });
        }
      }
      assert.ok(checks.length > 500, `${checks.length} parameters are declared`);
      await all(checks);
    },
  },
  {
    id: 41,
    source: 'capabilitystatement.html',
    title: 'every declared include is served',
    check: async (server) => {
      const checks = (await declared(server)).flatMap(({ type, searchInclude = [], searchRevInclude = [] }) => [
        ...searchInclude.map((name: string) => `/${type}?_include=${encodeURIComponent(name)}&_count=1`),
        ...searchRevInclude
          .slice(0, 3)
          .map((name: string) => `/${type}?_revinclude=${encodeURIComponent(name)}&_count=1`),
      ]);
      await all(
        checks.map((path) => async () => {
          const answer = await server.get(path, { prefer: 'handling=strict' });
          assert.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 200)}`);
        }),
      );
    },
  },
  {
    id: 42,
    source: 'capabilitystatement.html',
    title: 'every declared interaction of every type is served',
    check: async (server) => {
      await all(
        (await declared(server)).map(({ type, interaction }) => async () => {
          const codes: readonly string[] = interaction.map((one: Any) => one.code);
          const none = `/${type}/none-${type}`;
          if (codes.includes('read')) status(await server.get(none), 404);
          if (codes.includes('vread')) status(await server.get(`${none}/_history/1`), 404);
          if (codes.includes('history-instance')) status(await server.get(`${none}/_history`), 404);
          if (codes.includes('history-type')) status(await server.get(`/${type}/_history?_count=1`), 200);
          if (codes.includes('search-type')) status(await server.get(`/${type}?_count=1`), 200);
          if (codes.includes('delete')) status(await server.request('DELETE', none), 204, 200);
          if (codes.includes('create')) status(await server.post(`/${type}`, '{}'), 400, 422);
          if (codes.includes('update')) status(await server.put(none, '{}'), 400, 422);
          if (codes.includes('patch'))
            status(
              await server.request('PATCH', none, {
                body: '[]',
                headers: { 'content-type': 'application/json-patch+json' },
              }),
              404,
            );
        }),
      );
    },
  },
]);
