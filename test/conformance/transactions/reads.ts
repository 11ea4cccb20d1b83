import assert from 'node:assert/strict';
import { notThere, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { bundle, entry, identified, observation, patient, SYSTEM } from '../resources.js';
import { unique, type Any, type Server } from '../server.js';

async function answers(server: Server, type: 'transaction' | 'batch', entries: readonly Any[]): Promise<Any[]> {
  const answer = await server.post('', bundle(type, entries));
  status(answer, 200);
  return answer.body.entry;
}

export const BUNDLE_READS = requirements('transactions', 'TX', [
  {
    id: 40,
    source: 'http.html#transaction',
    title: 'GET entries: ifNoneMatch and ifModifiedSince give 304, HEAD no resource',
    check: async (server) => {
      const { id, meta } = await server.made(patient());
      const url = `Patient/${id}`;
      const [tag, other, time, long, head] = await answers(server, 'transaction', [
        entry('GET', url, undefined, { ifNoneMatch: `W/"${meta.versionId}"` }),
        entry('GET', url, undefined, { ifNoneMatch: 'W/"99"' }),
        entry('GET', url, undefined, { ifModifiedSince: '2999-01-01T00:00:00Z' }),
        entry('GET', url, undefined, { ifModifiedSince: '2001-01-01T00:00:00Z' }),
        entry('HEAD', url),
      ]);
      assert.match(tag.response.status, /^304/);
      assert.equal(tag.resource, undefined);
      assert.match(other.response.status, /^200/);
      assert.equal(other.resource.id, id);
      assert.match(time.response.status, /^304/);
      assert.match(long.response.status, /^200/);
      assert.match(head.response.status, /^200/);
      assert.equal(head.resource, undefined);
    },
  },
  {
    id: 41,
    source: 'http.html#parameters',
    title: 'GET entries with _elements and _summary give marked subsets',
    check: async (server) => {
      const { id } = await server.made(patient({ gender: 'female', birthDate: '1970-01-01' }));
      const parts = await answers(server, 'batch', [
        entry('GET', `Patient/${id}?_elements=gender`),
        entry('GET', `Patient/${id}/_history/1?_elements=gender`),
        entry('GET', `Patient/${id}?_summary=text`),
      ]);
      for (const { resource } of parts) {
        assert.equal(resource.birthDate, undefined);
        assert.ok(resource.meta.tag.some(({ code }: Any) => code === 'SUBSETTED'));
      }
      assert.equal(parts[0].resource.gender, 'female');
      assert.equal(parts[1].resource.gender, 'female');
    },
  },
  {
    id: 42,
    source: 'http.html#transaction',
    title: 'GET entries search compartments and several types, and see the writes',
    check: async (server) => {
      const who = await server.made(patient());
      const mark = unique();
      const identifier = [{ system: SYSTEM, value: mark }];
      const [, , members, types] = await answers(server, 'transaction', [
        entry('POST', 'Observation', observation(`Patient/${who.id}`, { identifier })),
        entry('POST', 'Patient', identified(mark)),
        entry('GET', `Patient/${who.id}/Observation?identifier=${SYSTEM}|${mark}`),
        entry('GET', `?_type=Patient,Observation&identifier=${SYSTEM}|${mark}`),
      ]);
      assert.deepEqual(
        members.resource.entry.map(({ resource }: Any) => resource.resourceType),
        ['Observation'],
      );
      assert.deepEqual(types.resource.entry.map(({ resource }: Any) => resource.resourceType).sort(), [
        'Observation',
        'Patient',
      ]);
    },
  },
  {
    id: 43,
    source: 'http.html#history',
    title: 'GET entries of histories: of a resource, of a type; of what never was → 404',
    check: async (server) => {
      const { id } = await server.made(patient());
      const [one, type, none] = await answers(server, 'batch', [
        entry('GET', `Patient/${id}/_history`),
        entry('GET', 'Patient/_history?_count=1'),
        entry('GET', `Patient/${unique()}/_history`),
      ]);
      assert.equal(one.resource.type, 'history');
      assert.equal(one.resource.entry.length, 1);
      assert.equal(type.resource.entry.length, 1);
      assert.match(none.response.status, /^404/);
    },
  },
  {
    id: 44,
    source: 'rfc9110.html#section-13.1.1',
    title: 'ifMatch takes a list of tags, and * for any',
    check: async (server) => {
      const { id } = await server.made(patient());
      const put = (ifMatch: string): Any => entry('PUT', `Patient/${id}`, { ...patient(), id }, { ifMatch });
      const statuses: string[] = [];
      for (const tags of ['W/"1", W/"7"', '*', 'W/"7", W/"8"']) {
        const [answer] = await answers(server, 'batch', [put(tags)]);
        statuses.push(answer.response.status.slice(0, 3));
      }
      assert.deepEqual(statuses, ['200', '200', '412']);
    },
  },
  {
    id: 45,
    source: 'http.html#transaction',
    title: 'GET entries of operations: Patient/$everything, Observation/$lastn',
    check: async (server) => {
      const { id } = await server.made(patient());
      const made = await server.made(observation(`Patient/${id}`));
      const [everything, last] = await answers(server, 'batch', [
        entry('GET', `Patient/${id}/$everything`),
        entry('GET', `Observation/$lastn?patient=Patient/${id}&max=1`),
      ]);
      const idsOf = ({ resource }: Any): string[] => resource.entry.map((one: Any) => one.resource.id);
      for (const one of [id, made.id]) assert.ok(idsOf(everything).includes(one), one);
      assert.deepEqual(idsOf(last), [made.id]);
    },
  },
  {
    id: 46,
    source: 'validation.html#structure',
    title: 'members that a bundle, an entry or a request has not are refused, and not left out',
    check: async (server) => {
      const mark = unique();
      const one = entry('POST', 'Patient', identified(mark));
      const misspelled = entry('POST', 'Patient', identified(mark), { ifNoneExists: `identifier=${SYSTEM}|${mark}` });
      for (const bad of [misspelled, { ...one, fullURL: 'urn:uuid:x' }])
        refused(await server.post('', bundle('transaction', [bad])), [400, 422], /Bundle\.entry\[0\]/);
      refused(await server.post('', { ...bundle('transaction', []), entries: [one] }), [400, 422]);
      await notThere(server, `/Patient?identifier=${SYSTEM}|${mark}`);
    },
  },
]);
