import assert from 'node:assert/strict';
import { finds, locationOf, notThere, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { bundle, entry, identified, observation, patient, SYSTEM } from '../resources.js';
import { unique, type Any, type Server } from '../server.js';

const query = (mark: string): string => `identifier=${SYSTEM}|${mark}`;

async function two(server: Server, mark: string): Promise<void> {
  await server.made(identified(mark));
  await server.made(identified(mark));
}

export const CONDITIONAL = requirements('transactions', 'TX', [
  {
    id: 20,
    source: 'http.html#ccreate',
    title: 'conditional create: none → 201, one → 200 with its location, many → 412',
    check: async (server) => {
      const mark = unique();
      const create = (): ReturnType<Server['post']> =>
        server.post('/Patient', identified(mark), { 'if-none-exist': query(mark) });
      const first = await create();
      status(first, 201);
      const again = await create();
      status(again, 200);
      assert.equal(locationOf(again.headers['location']), locationOf(first.headers['location']));
      await server.made(identified(mark));
      refused(await create(), [412]);
    },
  },
  {
    id: 21,
    source: 'http.html#ccreate',
    title: '64 conditional creates of one identifier at once make one resource, and all get its id',
    check: async (server) => {
      const mark = unique();
      const answers = await Promise.all(
        Array.from({ length: 64 }, () => server.post('/Patient', identified(mark), { 'if-none-exist': query(mark) })),
      );
      for (const answer of answers) status(answer, 200, 201);
      assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
      const places = new Set(answers.map((answer) => locationOf(answer.headers['location'])));
      assert.equal(places.size, 1);
      await finds(server, `/Patient?${query(mark)}`, [[...places][0]?.split('/')[1] ?? '']);
    },
  },
  {
    id: 22,
    source: 'http.html#trules',
    title: 'conditional create in a transaction: references to the entry lead to the resource that was found',
    check: async (server) => {
      const mark = unique();
      const here = await server.made(identified(mark));
      const fullUrl = 'urn:uuid:5b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a60';
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('POST', 'Observation', observation(fullUrl)),
          entry('POST', 'Patient', identified(mark), { fullUrl, ifNoneExist: query(mark) }),
        ]),
      );
      status(answer, 200);
      assert.match(answer.body.entry[1].response.status, /^200/);
      const stored = await server.get(`/${locationOf(answer.body.entry[0].response.location)}`);
      assert.equal(stored.body.subject.reference, `Patient/${here.id}`);
    },
  },
  {
    id: 32,
    source: 'http.html#trules',
    title: 'a condition of an entry that many resources match refuses the transaction with 412 and its place',
    check: async (server) => {
      const mark = unique();
      await two(server, mark);
      const fullUrl = 'urn:uuid:6b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a61';
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('POST', 'Observation', observation(fullUrl)),
          entry('POST', 'Patient', identified(mark), { fullUrl, ifNoneExist: query(mark) }),
        ]),
      );
      refused(answer, [412], /entry\[1\]/);
    },
  },
  {
    id: 23,
    source: 'http.html#cond-update',
    title: 'conditional update: none → created, one → updated, many → 412',
    check: async (server) => {
      const mark = unique();
      const update = (gender: string): ReturnType<Server['put']> =>
        server.put(`/Patient?${query(mark)}`, identified(mark, { gender }));
      status(await update('female'), 201);
      const second = await update('male');
      status(second, 200);
      await two(server, mark);
      refused(await update('other'), [412]);
    },
  },
  {
    id: 24,
    source: 'http.html#cond-update',
    title: 'an id in the body that is not that of the match is refused',
    check: async (server) => {
      const mark = unique();
      await server.made(identified(mark));
      const answer = await server.put(`/Patient?${query(mark)}`, { ...identified(mark), id: `other-${mark}` });
      refused(answer, [400, 409, 412, 422]);
    },
  },
  {
    id: 25,
    source: 'http.html#cdelete',
    title: 'conditional delete: one → deleted, many → 412 and nothing deleted',
    check: async (server) => {
      const mark = unique();
      const made = await server.made(identified(mark));
      status(await server.request('DELETE', `/Patient?${query(mark)}`), 200, 204);
      status(await server.get(`/Patient/${made.id}`), 410);
      await two(server, mark);
      refused(await server.request('DELETE', `/Patient?${query(mark)}`), [412]);
    },
  },
  {
    id: 26,
    source: 'http.html#trules',
    title: 'a conditional reference is replaced by the one match; none or many are refused with the place',
    check: async (server) => {
      const mark = unique();
      const here = await server.made(identified(mark));
      const about = (value: string): Any =>
        bundle('transaction', [entry('POST', 'Observation', observation(`Patient?${query(value)}`))]);
      const answer = await server.post('', about(mark));
      status(answer, 200);
      const stored = await server.get(`/${locationOf(answer.body.entry[0].response.location)}`);
      assert.equal(stored.body.subject.reference, `Patient/${here.id}`);
      refused(await server.post('', about(unique())), [400, 404, 412, 422], /entry\[0\]/);
      await server.made(identified(mark));
      refused(await server.post('', about(mark)), [400, 412, 422], /entry\[0\]/);
    },
  },
  {
    id: 27,
    source: 'http.html#trules',
    title: 'ifMatch of an entry that is not the current version refuses the transaction',
    check: async (server) => {
      const mark = unique();
      const { id } = await server.made(patient());
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('PUT', `Patient/${id}`, { ...patient(), id }, { ifMatch: 'W/"7"' }),
          entry('POST', 'Patient', identified(mark)),
        ]),
      );
      refused(answer, [409, 412], /entry\[0\]/);
      await notThere(server, `/Patient?${query(mark)}`);
    },
  },
  {
    id: 28,
    source: 'http.html#trules',
    title: 'PATCH entries: JSON Patch in a Binary, FHIRPath Patch in Parameters',
    check: async (server) => {
      const [one, other] = [await server.made(patient()), await server.made(patient())];
      const data = Buffer.from(JSON.stringify([{ op: 'add', path: '/gender', value: 'female' }])).toString('base64');
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('PATCH', `Patient/${one.id}`, {
            resourceType: 'Binary',
            contentType: 'application/json-patch+json',
            data,
          }),
          entry('PATCH', `Patient/${other.id}`, fhirPathPatch()),
        ]),
      );
      status(answer, 200);
      assert.equal((await server.get(`/Patient/${one.id}`)).body.gender, 'female');
      assert.equal((await server.get(`/Patient/${other.id}`)).body.birthDate, '1980-02-03');
    },
  },
  {
    id: 29,
    source: 'http.html#trules',
    title: 'equal conditions in one transaction make one resource',
    check: async (server) => {
      const mark = unique();
      const one = (): Any => entry('POST', 'Patient', identified(mark), { ifNoneExist: query(mark) });
      const answer = await server.post('', bundle('transaction', [one(), one()]));
      status(answer, 200);
      const places = answer.body.entry.map((each: Any) => locationOf(each.response.location));
      assert.equal(new Set(places).size, 1);
    },
  },
  {
    id: 30,
    source: 'http.html#ccreate',
    title: 'a condition with an unknown parameter or without any never matches everything',
    check: async (server) => {
      await server.made(patient());
      refused(await server.post('/Patient', patient(), { 'if-none-exist': 'no-such-parameter=1' }), [400, 412]);
      refused(await server.request('DELETE', '/Patient?'), [400, 404, 405, 412]);
      refused(await server.request('DELETE', '/Patient?no-such-parameter=1'), [400, 412]);
    },
  },
  {
    id: 31,
    source: 'async.html',
    title: 'respond-async: 202, its status, then the transaction-response',
    check: async (server) => {
      const begun = await server.post('', bundle('transaction', [entry('POST', 'Patient', patient())]), {
        prefer: 'respond-async',
      });
      status(begun, 202);
      const place = begun.headers['content-location'];
      assert.ok(place !== undefined, 'Content-Location');
      for (let i = 0; i < 200; i++) {
        const answer = await server.get(place);
        if (answer.status !== 202) {
          status(answer, 200);
          assert.equal(answer.body.type, 'transaction-response');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error('no end within ten seconds');
    },
  },
]);

function fhirPathPatch(): Any {
  const part = [
    { name: 'type', valueCode: 'add' },
    { name: 'path', valueString: 'Patient' },
    { name: 'name', valueString: 'birthDate' },
    { name: 'value', valueDate: '1980-02-03' },
  ];
  return { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] };
}
