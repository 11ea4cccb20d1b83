import assert from 'node:assert/strict';
import { finds, linkOf, matchesOf, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { identified, observation, SYSTEM } from '../resources.js';
import { unique, type Any, type Answer, type Server } from '../server.js';

async function minutes(server: Server, count: number): Promise<{ readonly patient: string; readonly ids: string[] }> {
  const { id } = await server.made(identified());
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const effectiveDateTime = `2026-03-01T10:${String(n).padStart(2, '0')}:00Z`;
    ids.push((await server.made(observation(`Patient/${id}`, { effectiveDateTime }))).id);
  }
  return { patient: id, ids };
}

async function pages(server: Server, path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page: Answer = await server.get(next);
    ids.push(...matchesOf(page));
    next = linkOf(page, 'next');
  }
  return ids;
}

export const RESULTS = requirements('search', 'SR', [
  {
    id: 20,
    source: 'search.html#sort',
    title: '_sort ascending and descending, with _count and next links: each match once',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 7);
      const path = `/Observation?patient=${patient}&_count=3`;
      assert.deepEqual(await pages(server, `${path}&_sort=date`), ids);
      assert.deepEqual(await pages(server, `${path}&_sort=-date`), [...ids].reverse());
      assert.deepEqual((await pages(server, path)).sort(), [...ids].sort());
    },
  },
  {
    id: 21,
    source: 'http.html#paging',
    title: 'pages neither miss nor double what matches throughout, while others write',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 12);
      let writing = true;
      const writer = (async () => {
        while (writing) {
          const made = await server.made(
            observation(`Patient/${patient}`, { effectiveDateTime: '2026-03-01T10:05:30Z' }),
          );
          await server.request('DELETE', `/Observation/${made.id}`);
        }
      })();
      const found = await pages(server, `/Observation?patient=${patient}&_sort=date&_count=2`).finally(() => {
        writing = false;
      });
      await writer;
      assert.deepEqual(
        found.filter((id) => ids.includes(id)),
        ids,
      );
      assert.equal(new Set(found).size, found.length);
    },
  },
  {
    id: 22,
    source: 'search.html#total',
    title: '_total=accurate, _count=0 and _summary=count give the total',
    check: async (server) => {
      const { patient } = await minutes(server, 3);
      for (const more of ['_total=accurate&_count=1', '_count=0', '_summary=count']) {
        const answer = await server.get(`/Observation?patient=${patient}&${more}`);
        status(answer, 200);
        assert.equal(answer.body.total, 3, more);
      }
      assert.equal((await server.get(`/Observation?patient=${patient}&_count=0`)).body.entry, undefined);
    },
  },
  {
    id: 23,
    source: 'search.html#include',
    title: '_include and _revinclude, marked as such, each resource once',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 2);
      const with_ = await server.get(`/Observation?patient=${patient}&_include=Observation:subject`);
      const included = with_.body.entry.filter((one: Any) => one.search.mode === 'include');
      assert.deepEqual(
        included.map((one: Any) => one.resource.id),
        [patient],
      );
      const back = await server.get(`/Patient?_id=${patient}&_revinclude=Observation:patient`);
      const backIds: string[] = back.body.entry
        .filter((one: Any) => one.search.mode === 'include')
        .map((one: Any) => one.resource.id);
      assert.deepEqual([...backIds].sort(), [...ids].sort());
    },
  },
  {
    id: 24,
    source: 'search.html#elements',
    title: '_elements and _summary give marked subsets',
    check: async (server) => {
      const { patient } = await minutes(server, 1);
      const { body } = await server.get(`/Observation?patient=${patient}&_elements=code`);
      const { resource } = body.entry[0];
      assert.ok(resource.code !== undefined && resource.status !== undefined, 'mandatory elements stay');
      assert.equal(resource.valueQuantity, undefined);
      assert.ok(resource.meta.tag.some((tag: Any) => tag.code === 'SUBSETTED'));
    },
  },
  {
    id: 25,
    source: 'http.html#search',
    title: 'POST _search finds what GET finds',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 2);
      const answer = await server.request('POST', '/Observation/_search', {
        body: `patient=${patient}&code=8867-4`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.deepEqual([...matchesOf(answer)].sort(), [...ids].sort());
    },
  },
  {
    id: 26,
    source: 'http.html#vsearch',
    title: 'search in the compartment of a patient, and over several types',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 2);
      await finds(server, `/Patient/${patient}/Observation?code=8867-4`, ids);
      const answer = await server.get(`/?_type=Patient,Observation&_id=${patient},${ids[0]}`);
      assert.deepEqual([...matchesOf(answer)].sort(), [patient, ids[0] ?? ''].sort());
    },
  },
  {
    id: 32,
    source: 'http.html#paging',
    title: 'pages of a search over several types go on with these types',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 3);
      const all = [patient, ...ids];
      const found = await pages(server, `/?_type=Patient,Observation&_id=${all.join(',')}&_count=2`);
      assert.deepEqual(found.sort(), [...all].sort());
    },
  },
  {
    id: 27,
    source: 'http.html#search',
    title: 'updates and deletions are searched as they are now',
    check: async (server) => {
      const mark = unique();
      const made = await server.made(identified(mark, { gender: 'male' }));
      const path = `/Patient?identifier=${SYSTEM}|${mark}`;
      await server.put(`/Patient/${made.id}`, { ...made, gender: 'female' });
      await finds(server, `${path}&gender=male`, []);
      await finds(server, `${path}&gender=female`, [made.id]);
      await server.request('DELETE', `/Patient/${made.id}`);
      await finds(server, path, []);
    },
  },
  {
    id: 28,
    source: 'patient-operation-everything.html',
    title: 'Patient/$everything has the patient and what belongs to it',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 2);
      const found = await pages(server, `/Patient/${patient}/$everything`);
      for (const id of [patient, ...ids]) assert.ok(found.includes(id), id);
    },
  },
  {
    id: 29,
    source: 'observation-operation-lastn.html',
    title: 'Observation/$lastn gives the newest of each code',
    check: async (server) => {
      const { patient, ids } = await minutes(server, 3);
      const answer = await server.get(`/Observation/$lastn?patient=Patient/${patient}&category=vital-signs&max=1`);
      assert.deepEqual(matchesOf(answer), [ids[2]]);
    },
  },
  {
    id: 30,
    source: 'search.html#modifiers',
    title: 'modifiers that a parameter does not take are refused, of result parameters, too',
    check: async (server) => {
      for (const query of ['name:no-such=x', 'gender:contains=x', '_sort:desc=birthdate', '_count:exact=1'])
        refused(await server.get(`/Patient?${query}`), [400]);
    },
  },
  {
    id: 31,
    source: 'patient-operation-everything.html',
    title: 'Patient/$everything with _type has resources of these types only',
    check: async (server) => {
      const organization = await server.made({ resourceType: 'Organization', name: 'x' });
      const managingOrganization = { reference: `Organization/${organization.id}` };
      const { id } = await server.made(identified(unique(), { managingOrganization }));
      const observed = await server.made(observation(`Patient/${id}`));
      const path = `/Patient/${id}/$everything`;
      const shown = async (query: string): Promise<readonly string[]> =>
        ((await server.get(`${path}${query}`)).body.entry ?? []).map(({ resource }: Any) => resource.id);
      assert.deepEqual(new Set(await shown('')), new Set([id, observed.id, organization.id]));
      assert.deepEqual(await shown('?_type=Observation'), [observed.id]);
      assert.deepEqual(new Set(await shown('?_type=Patient,Observation')), new Set([id, observed.id]));
    },
  },
]);
