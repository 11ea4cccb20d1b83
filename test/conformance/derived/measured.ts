import assert from 'node:assert/strict';
import { linkOf, matchesOf, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { observation } from '../resources.js';
import type { Any, Server } from '../server.js';

/** The matches of all pages. */
export async function pagesOf(server: Server, query: string): Promise<readonly Any[]> {
  const all: Any[] = [];
  let next: string | undefined = query;
  for (let page = 0; next !== undefined; page += 1) {
    assert.ok(page < 200, `${query} has an end`);
    const answer = await server.get(next);
    matchesOf(answer);
    const entries: readonly Any[] = answer.body.entry ?? [];
    all.push(...entries.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource));
    next = linkOf(answer, 'next');
  }
  return all;
}

/** Errors of `$validate` are none. */
export async function valid(server: Server, resource: Any): Promise<void> {
  const answer = await server.post(`/${resource.resourceType}/$validate`, resource);
  status(answer, 200);
  const errors = answer.body.issue.filter(({ severity }: Any) => ['error', 'fatal'].includes(severity));
  assert.deepEqual(errors, [], `${resource.resourceType}/${resource.id} is valid`);
}

/** What nobody may write, and what stands after it was tried. */
export async function readOnly(server: Server, resource: Any): Promise<void> {
  const at = `/${resource.resourceType}/${resource.id}`;
  refused(await server.put(at, resource), [403, 405]);
  refused(await server.request('DELETE', at), [403, 405]);
  const patched = await server.request('PATCH', at, {
    body: [{ op: 'remove', path: '/subject' }],
    headers: { 'content-type': 'application/json-patch+json' },
  });
  refused(patched, [403, 405]);
  const entry = [{ resource, request: { method: 'PUT', url: at.slice(1) } }];
  refused(await server.post('', { resourceType: 'Bundle', type: 'transaction', entry }), [403, 405]);
  assert.deepEqual((await server.get(at)).body, resource);
}

async function measured(server: Server, more = ''): Promise<readonly Any[]> {
  const patient = server.options.monitored;
  const found = await pagesOf(server, `/Observation?patient=${patient}&_tag=urn:homeostat:tag|made-here${more}`);
  assert.ok(found.length > 0, 'the patient has measurements');
  return found;
}

export const MEASURED = requirements('derived', 'DER', [
  {
    id: 1,
    source: 'observation.html',
    title: 'a measurement of a device is a valid Observation, found and read alike',
    needs: 'monitored',
    check: async (server) => {
      for (const one of (await measured(server)).slice(0, 5)) {
        await valid(server, one);
        assert.deepEqual((await server.get(`/Observation/${one.id}`)).body, one);
        assert.ok(one.code.coding[0].code !== undefined && one.effectiveDateTime !== undefined);
        assert.equal(one.subject.reference, `Patient/${server.options.monitored}`);
      }
    },
  },
  {
    id: 2,
    source: 'search.html#sort',
    title: 'by date they stand in one order with stored Observations, each once on pages of any size',
    needs: 'monitored',
    check: async (server) => {
      const all = await measured(server);
      const subject = `Patient/${server.options.monitored}`;
      const between = all.slice(0, 4).map(({ effectiveDateTime }) => effectiveDateTime);
      for (const at of between) await server.made(observation(subject, { effectiveDateTime: at }));
      const query = `/Observation?patient=${server.options.monitored}`;
      const ids = (found: readonly Any[]): readonly string[] => found.map(({ id }) => id);
      const whole = ids(await pagesOf(server, `${query}&_sort=date&_count=100`));
      for (const count of [7, 20])
        for (const sort of ['date', '-date']) {
          const found = await pagesOf(server, `${query}&_sort=${sort}&_count=${count}`);
          assert.deepEqual([...ids(found)].sort(), [...whole].sort());
          assert.equal(new Set(ids(found)).size, whole.length);
          const times = found.map(({ effectiveDateTime }) => Date.parse(effectiveDateTime));
          const order = times.toSorted((a, b) => (sort === 'date' ? a - b : b - a));
          assert.deepEqual(times, order);
        }
      assert.ok(whole.length >= all.length + between.length);
    },
  },
  {
    id: 3,
    source: 'search.html',
    title: 'they are found by code, category, date and value',
    needs: 'monitored',
    check: async (server) => {
      const [one] = await measured(server);
      const { system, code } = one.code.coding[0];
      const day = one.effectiveDateTime.slice(0, 10);
      const by = async (query: string): Promise<boolean> =>
        (await measured(server, `&${query}`)).some(({ id }) => id === one.id);
      assert.ok(await by(`code=${encodeURIComponent(`${system}|${code}`)}`));
      assert.ok(await by(`date=${day}`));
      assert.ok(await by(`date=ge${one.effectiveDateTime}&value-quantity=${one.valueQuantity.value}`));
      const none = await server.get(`/Observation?patient=${server.options.monitored}&_id=${one.id}&date=lt${day}`);
      assert.deepEqual(matchesOf(none), []);
    },
  },
  {
    id: 4,
    source: 'http.html',
    title: 'they are read-only, by every way of writing',
    needs: 'monitored',
    check: async (server) => readOnly(server, (await measured(server))[0]),
  },
]);
