import assert from 'node:assert/strict';
import { finds, locationOf, notThere, refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { bundle, entry, identified, observation, patient, SYSTEM } from '../resources.js';
import { unique, type Any } from '../server.js';

export const ATOMIC = requirements('transactions', 'TX', [
  {
    id: 1,
    source: 'http.html#trules',
    title: 'a transaction is all or nothing: one bad entry leaves nothing',
    check: async (server) => {
      const mark = unique();
      const bad = observation('Patient/x', { status: 'no-such-status' });
      const answer = await server.post(
        '',
        bundle('transaction', [entry('POST', 'Patient', identified(mark)), entry('POST', 'Observation', bad)]),
      );
      refused(answer, [400, 422], /Bundle\.entry\[1\]/);
      await notThere(server, `/Patient?identifier=${SYSTEM}|${mark}`);
    },
  },
  {
    id: 2,
    source: 'http.html#transaction-response',
    title: 'answers are in request order, with status, location, etag and lastModified',
    check: async (server) => {
      const kept = await server.made(patient());
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('GET', `Patient/${kept.id}`),
          entry('POST', 'Patient', patient()),
          entry('DELETE', `Patient/${(await server.made(patient())).id}`),
        ]),
      );
      status(answer, 200);
      assert.equal(answer.body.type, 'transaction-response');
      const [read, made, removed] = answer.body.entry as Any[];
      assert.match(read.response.status, /^200/);
      assert.equal(read.resource.id, kept.id);
      assert.match(made.response.status, /^201/);
      locationOf(made.response.location);
      assert.equal(made.response.etag, 'W/"1"');
      assert.ok(!Number.isNaN(Date.parse(made.response.lastModified)));
      assert.match(removed.response.status, /^20[04]/);
    },
  },
  {
    id: 3,
    source: 'http.html#trules',
    title: 'effects are in the order DELETE, POST, PUT, GET: a GET entry sees the writes',
    check: async (server) => {
      const before = await server.made(patient({ gender: 'female' }));
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('GET', `Patient/${before.id}`),
          entry('PUT', `Patient/${before.id}`, { ...patient({ gender: 'male' }), id: before.id }),
        ]),
      );
      status(answer, 200);
      assert.equal(answer.body.entry[0].resource.gender, 'male');
    },
  },
  {
    id: 4,
    source: 'http.html#trules',
    title: 'a search entry sees the writes of its transaction',
    check: async (server) => {
      const mark = unique();
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('GET', `Patient?identifier=${SYSTEM}|${mark}`),
          entry('POST', 'Patient', identified(mark)),
        ]),
      );
      status(answer, 200);
      assert.equal(answer.body.entry[0].resource.type, 'searchset');
      assert.equal(answer.body.entry[0].resource.entry.length, 1);
    },
  },
  {
    id: 5,
    source: 'http.html#trules',
    title: 'urn:uuid references are rewritten, forward and in a circle',
    check: async (server) => {
      const [a, b] = ['urn:uuid:0b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a6b', 'urn:uuid:1b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a6c'];
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('POST', 'Patient', patient({ link: [{ other: { reference: b }, type: 'seealso' }] }), { fullUrl: a }),
          entry('POST', 'Patient', patient({ link: [{ other: { reference: a }, type: 'seealso' }] }), { fullUrl: b }),
        ]),
      );
      status(answer, 200);
      const [one, two] = answer.body.entry.map((each: Any) => locationOf(each.response.location));
      assert.equal((await server.get(`/${one}`)).body.link[0].other.reference, two);
      assert.equal((await server.get(`/${two}`)).body.link[0].other.reference, one);
    },
  },
  {
    id: 6,
    source: 'http.html#trules',
    title: 'links in the narrative to entries are rewritten',
    check: async (server) => {
      const urn = 'urn:uuid:2b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a6d';
      const text = {
        status: 'generated',
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${urn}">the patient</a></div>`,
      };
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('POST', 'Patient', patient(), { fullUrl: urn }),
          entry('POST', 'Observation', observation(urn, { text })),
        ]),
      );
      status(answer, 200);
      const [who, what] = answer.body.entry.map((each: Any) => locationOf(each.response.location));
      const stored = (await server.get(`/${what}`)).body;
      assert.equal(stored.subject.reference, who);
      assert.ok(!stored.text.div.includes('urn:uuid'), stored.text.div);
      assert.ok(stored.text.div.includes(who), stored.text.div);
    },
  },
  {
    id: 7,
    source: 'http.html#trules',
    title: 'a reference to a urn:uuid that no entry has is refused with its place',
    check: async (server) => {
      const answer = await server.post(
        '',
        bundle('transaction', [
          entry('POST', 'Observation', observation('urn:uuid:3b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a6e')),
        ]),
      );
      refused(answer, [400, 422], /entry\[0\].*subject/);
    },
  },
  {
    id: 8,
    source: 'bundle.html#bdl-7',
    title: 'two entries with one fullUrl are refused',
    check: async (server) => {
      const fullUrl = 'urn:uuid:4b7a1d4e-8d3a-4f5e-9f0a-1c2d3e4f5a6f';
      const twice = [1, 2].map(() => entry('POST', 'Patient', patient(), { fullUrl }));
      refused(await server.post('', bundle('transaction', twice)), [400, 422]);
    },
  },
  {
    id: 9,
    source: 'http.html#trules',
    title: 'two writes of one resource in a transaction are refused',
    check: async (server) => {
      const { id } = await server.made(patient());
      const answer = await server.post(
        '',
        bundle('transaction', [entry('PUT', `Patient/${id}`, { ...patient(), id }), entry('DELETE', `Patient/${id}`)]),
      );
      refused(answer, [400]);
      status(await server.get(`/Patient/${id}`), 200);
    },
  },
  {
    id: 10,
    source: 'http.html#transaction',
    title: 'entries of a batch stand alone',
    check: async (server) => {
      const mark = unique();
      const answer = await server.post(
        '',
        bundle('batch', [
          entry('POST', 'Observation', { resourceType: 'Observation' }),
          entry('POST', 'Patient', identified(mark)),
          entry('GET', 'Patient/no-such-patient'),
        ]),
      );
      status(answer, 200);
      assert.equal(answer.body.type, 'batch-response');
      const answers = answer.body.entry.map((each: Any) => each.response.status.slice(0, 3));
      assert.match(answers[0], /^4/);
      assert.equal(answer.body.entry[0].response.outcome.resourceType, 'OperationOutcome');
      assert.equal(answers[1], '201');
      assert.equal(answers[2], '404');
      const made = locationOf(answer.body.entry[1].response.location).split('/')[1] ?? '';
      await finds(server, `/Patient?identifier=${SYSTEM}|${mark}`, [made]);
    },
  },
  {
    id: 11,
    source: 'http.html#transaction',
    title: 'bundles of other types are refused, not stored in part',
    check: async (server) => {
      for (const type of ['message', 'collection', 'searchset', 'transaction-response'])
        refused(await server.post('', bundle(type, [])), [400, 422]);
    },
  },
  {
    id: 12,
    source: 'http.html#ops',
    title: 'Prefer: return=representation gives the resources, minimal gives none',
    check: async (server) => {
      const one = (): Any => bundle('transaction', [entry('POST', 'Patient', patient())]);
      const full = await server.post('', one(), { prefer: 'return=representation' });
      assert.equal(full.body.entry[0].resource.resourceType, 'Patient');
      const bare = await server.post('', one(), { prefer: 'return=minimal' });
      assert.equal(bare.body.entry[0].resource, undefined);
    },
  },
]);
