import assert from 'node:assert/strict';
import { linkOf, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { identified, patient, SYSTEM } from '../resources.js';
import { unique, type Any, type Answer, type Server } from '../server.js';

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

const patch = (server: Server, path: string, operations: readonly Any[], more: Any = {}): Promise<Answer> =>
  server.request('PATCH', path, { body: operations, headers: { ...JSON_PATCH, ...more } });

function parameters(...operations: readonly Readonly<Record<string, Any>>[]): Any {
  return {
    resourceType: 'Parameters',
    parameter: operations.map((fields) => ({
      name: 'operation',
      part: Object.entries(fields).map(([name, value]) => ({ name, ...value })),
    })),
  };
}

export const HISTORY_AND_PATCH = requirements('rest', 'REST', [
  {
    id: 20,
    source: 'http.html#history',
    title: 'history of an instance: newest first, deletion included, with request and response',
    check: async (server) => {
      const { id } = await server.made(patient());
      await server.put(`/Patient/${id}`, { ...patient({ gender: 'male' }), id });
      await server.request('DELETE', `/Patient/${id}`);
      const answer = await server.get(`/Patient/${id}/_history`);
      status(answer, 200);
      assert.equal(answer.body.type, 'history');
      assert.deepEqual(
        answer.body.entry.map((one: Any) => one.request.method),
        ['DELETE', 'PUT', 'POST'],
      );
      assert.ok(answer.body.entry.every((one: Any) => one.response?.status !== undefined));
      assert.equal(answer.body.entry[0].resource, undefined);
    },
  },
  {
    id: 21,
    source: 'http.html#history',
    title: 'history pages by next links and has each version once',
    check: async (server) => {
      const { id } = await server.made(patient());
      for (let n = 0; n < 4; n++) await server.put(`/Patient/${id}`, { ...patient({ multipleBirthInteger: n }), id });
      const versions: string[] = [];
      let next: string | undefined = `/Patient/${id}/_history?_count=2`;
      while (next !== undefined) {
        const page: Answer = await server.get(next);
        status(page, 200);
        versions.push(...page.body.entry.map((one: Any) => one.resource.meta.versionId));
        next = linkOf(page, 'next');
      }
      assert.deepEqual(versions, ['5', '4', '3', '2', '1']);
    },
  },
  {
    id: 22,
    source: 'http.html#history',
    title: '_since and _at of an instance history',
    check: async (server) => {
      const { id } = await server.made(patient());
      await new Promise((resolve) => setTimeout(resolve, 50));
      const between = new Date().toISOString();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await server.put(`/Patient/${id}`, { ...patient({ gender: 'male' }), id });
      const versions = async (query: string): Promise<string[]> =>
        ((await server.get(`/Patient/${id}/_history?${query}`)).body.entry ?? []).map(
          (one: Any) => one.resource.meta.versionId,
        );
      assert.deepEqual(await versions(`_since=${between}`), ['2']);
      assert.deepEqual(await versions(`_at=${between}`), ['1']);
      refused(await server.get(`/Patient/${id}/_history?_since=yesterday`), [400]);
    },
  },
  {
    id: 23,
    source: 'http.html#history',
    title: 'history of a type and of the whole system',
    check: async (server) => {
      const since = new Date(Date.now() - 1000).toISOString();
      const { id } = await server.made(patient());
      for (const path of ['/Patient/_history', '/_history']) {
        const answer = await server.get(`${path}?_since=${since}&_count=50`);
        status(answer, 200);
        assert.ok(
          answer.body.entry.some((one: Any) => one.resource?.id === id),
          `${path} has the new resource`,
        );
      }
    },
  },
  {
    id: 24,
    source: 'http.html#patch',
    title: 'JSON Patch: add, replace, remove, test, move, copy',
    check: async (server) => {
      const { id } = await server.made(patient({ gender: 'male', name: [{ family: 'A', given: ['B', 'C'] }] }));
      const answer = await patch(server, `/Patient/${id}`, [
        { op: 'test', path: '/gender', value: 'male' },
        { op: 'replace', path: '/gender', value: 'female' },
        { op: 'add', path: '/name/0/given/-', value: 'D' },
        { op: 'remove', path: '/active' },
        { op: 'copy', from: '/name/0', path: '/name/1' },
        { op: 'move', from: '/name/1/family', path: '/name/1/text' },
      ]);
      status(answer, 200);
      assert.equal(answer.headers['etag'], 'W/"2"');
      const { body } = await server.get(`/Patient/${id}`);
      assert.equal(body.gender, 'female');
      assert.equal(body.active, undefined);
      assert.deepEqual(body.name, [
        { family: 'A', given: ['B', 'C', 'D'] },
        { given: ['B', 'C', 'D'], text: 'A' },
      ]);
    },
  },
  {
    id: 25,
    source: 'http.html#patch',
    title: 'a patch that fails its test, or whose result is invalid, changes nothing',
    check: async (server) => {
      const { id } = await server.made(patient({ gender: 'male' }));
      const wrong: Any[] = [
        { op: 'test', path: '/gender', value: 'female' },
        { op: 'remove', path: '/active' },
      ];
      refused(await patch(server, `/Patient/${id}`, wrong), [400, 409, 412, 422]);
      refused(await patch(server, `/Patient/${id}`, [{ op: 'add', path: '/gender', value: 'unheard-of' }]), [400, 422]);
      refused(await patch(server, `/Patient/${id}`, [{ op: 'add', path: '/nothing/here', value: 1 }]), [400, 422]);
      refused(await patch(server, `/Patient/${id}`, [{ op: 'replace', path: '/id', value: 'x' }]), [400, 422]);
      refused(await server.request('PATCH', `/Patient/${id}`, { body: '{}', headers: JSON_PATCH }), [400, 422]);
      assert.equal((await server.get(`/Patient/${id}`)).headers['etag'], 'W/"1"');
      refused(await patch(server, `/Patient/none-${unique()}`, []), [404]);
    },
  },
  {
    id: 26,
    source: 'fhirpatch.html',
    title: 'FHIRPath Patch: add, insert, replace, delete, move',
    check: async (server) => {
      const { id } = await server.made(patient({ gender: 'male', name: [{ family: 'A', given: ['B', 'C'] }] }));
      const operations = parameters(
        {
          type: { valueCode: 'replace' },
          path: { valueString: 'Patient.gender' },
          value: { valueCode: 'female' },
        },
        {
          type: { valueCode: 'add' },
          path: { valueString: 'Patient' },
          name: { valueString: 'birthDate' },
          value: { valueDate: '1970-03-04' },
        },
        {
          type: { valueCode: 'insert' },
          path: { valueString: 'Patient.name[0].given' },
          index: { valueInteger: 0 },
          value: { valueString: 'First' },
        },
        { type: { valueCode: 'delete' }, path: { valueString: 'Patient.active' } },
        {
          type: { valueCode: 'move' },
          path: { valueString: 'Patient.name[0].given' },
          source: { valueInteger: 2 },
          destination: { valueInteger: 0 },
        },
      );
      status(await server.request('PATCH', `/Patient/${id}`, { body: operations }), 200);
      const { body } = await server.get(`/Patient/${id}`);
      assert.equal(body.gender, 'female');
      assert.equal(body.birthDate, '1970-03-04');
      assert.equal(body.active, undefined);
      assert.deepEqual(body.name[0].given, ['C', 'First', 'B']);
    },
  },
  {
    id: 27,
    source: 'http.html#patch',
    title: 'conditional patch: one match is patched, many → 412, none → 404; If-Match is kept',
    check: async (server) => {
      const mark = unique();
      const path = `/Patient?identifier=${SYSTEM}|${mark}`;
      const add: Any[] = [{ op: 'add', path: '/gender', value: 'female' }];
      refused(await patch(server, path, add), [404, 412]);
      const { id } = await server.made(identified(mark));
      status(await patch(server, path, add), 200);
      refused(await patch(server, `/Patient/${id}`, add, { 'if-match': 'W/"1"' }), [409, 412]);
      await server.made(identified(mark));
      refused(await patch(server, path, add), [412]);
    },
  },
  {
    id: 28,
    source: 'IETF draft-ietf-httpapi-idempotency-key-header',
    title: 'Idempotency-Key: the first answer again, 422 for another body',
    check: async (server) => {
      const key = unique();
      const send = (body: Any): Promise<Answer> => server.post('/Patient', body, { 'idempotency-key': key });
      const first = await send(patient());
      status(first, 201);
      const again = await send(patient());
      status(again, 201);
      assert.equal(again.headers['location'], first.headers['location']);
      refused(await send(patient({ gender: 'male' })), [422]);
    },
  },
  {
    id: 29,
    source: 'capabilitystatement.html',
    title: 'the CapabilityStatement is valid and declares what is served',
    check: async (server) => {
      const { body } = await server.get('/metadata');
      assert.equal(body.resourceType, 'CapabilityStatement');
      assert.equal(body.fhirVersion, '4.0.1');
      const types: readonly Any[] = body.rest[0].resource;
      const one = types.find((type) => type.type === 'Patient');
      const names = one.interaction.map((each: Any) => each.code);
      for (const name of ['read', 'vread', 'update', 'patch', 'delete', 'create', 'search-type', 'history-instance'])
        assert.ok(names.includes(name), name);
      assert.equal(one.conditionalCreate, true);
      assert.ok(one.searchParam.some((each: Any) => each.name === 'identifier' && each.type === 'token'));
      assert.ok(!types.some((type) => type.type === 'SubscriptionStatus'), 'no types that R4 has not');
    },
  },
]);
