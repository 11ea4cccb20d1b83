import assert from 'node:assert/strict';
import { refused, status } from '../expectations.js';
import { requirements } from '../requirement.js';
import { patient } from '../resources.js';
import { unique, type Any } from '../server.js';

export const READS_AND_WRITES = requirements('rest', 'REST', [
  {
    id: 1,
    source: 'http.html#create',
    title: 'create answers 201 with Location, ETag and Last-Modified, and ignores an id that was sent',
    check: async (server) => {
      const sent = `mine-${unique()}`;
      const answer = await server.post('/Patient', { ...patient(), id: sent });
      status(answer, 201);
      assert.match(answer.headers['location'] ?? '', /\/Patient\/[A-Za-z0-9\-.]{1,64}\/_history\/1$/);
      assert.equal(answer.headers['etag'], 'W/"1"');
      assert.ok(!Number.isNaN(Date.parse(answer.headers['last-modified'] ?? '')));
      assert.ok(!(answer.headers['location'] ?? '').includes(sent));
    },
  },
  {
    id: 2,
    source: 'http.html#read',
    title: 'read and vread give the resource with ETag; absent 404, deleted 410 with ETag',
    check: async (server) => {
      const { id } = await server.made(patient({ gender: 'female' }));
      const read = await server.get(`/Patient/${id}`);
      status(read, 200);
      assert.equal(read.headers['etag'], 'W/"1"');
      assert.equal((await server.get(`/Patient/${id}/_history/1`)).body.gender, 'female');
      refused(await server.get(`/Patient/none-${unique()}`), [404]);
      status(await server.request('DELETE', `/Patient/${id}`), 200, 204);
      const gone = await server.get(`/Patient/${id}`);
      refused(gone, [410]);
      assert.ok(gone.headers['etag'] !== undefined, 'ETag of the deletion');
      status(await server.get(`/Patient/${id}/_history/1`), 200);
      status(await server.request('DELETE', `/Patient/${id}`), 200, 204);
    },
  },
  {
    id: 3,
    source: 'http.html#cread',
    title: 'conditional read: If-None-Match and If-Modified-Since give 304',
    check: async (server) => {
      const { id } = await server.made(patient());
      status(await server.get(`/Patient/${id}`, { 'if-none-match': 'W/"1"' }), 304);
      status(await server.get(`/Patient/${id}`, { 'if-none-match': 'W/"2"' }), 200);
      const later = new Date(Date.now() + 60_000).toUTCString();
      status(await server.get(`/Patient/${id}`, { 'if-modified-since': later }), 304);
      status(await server.get(`/Patient/${id}`, { 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }), 200);
    },
  },
  {
    id: 4,
    source: 'http.html#read',
    title: 'HEAD answers as GET does, without a body',
    check: async (server) => {
      const { id } = await server.made(patient());
      const answer = await server.request('HEAD', `/Patient/${id}`);
      status(answer, 200);
      assert.equal(answer.text, '');
      assert.equal(answer.headers['etag'], 'W/"1"');
    },
  },
  {
    id: 5,
    source: 'http.html#update',
    title: 'update makes version 2, makes a new id, and refuses an id that differs from the address',
    check: async (server) => {
      const { id } = await server.made(patient());
      const second = await server.put(`/Patient/${id}`, { ...patient({ gender: 'male' }), id });
      status(second, 200);
      assert.equal(second.headers['etag'], 'W/"2"');
      const own = `own-${unique()}`;
      status(await server.put(`/Patient/${own}`, { ...patient(), id: own }), 201);
      refused(await server.put(`/Patient/${id}`, { ...patient(), id: own }), [400]);
      refused(await server.put(`/Patient/${id}`, patient()), [400]);
    },
  },
  {
    id: 6,
    source: 'http.html#concurrency',
    title: 'If-Match of an old version → 412, and nothing changes',
    check: async (server) => {
      const { id } = await server.made(patient());
      const body = { ...patient({ gender: 'male' }), id };
      refused(await server.put(`/Patient/${id}`, body, { 'if-match': 'W/"9"' }), [409, 412]);
      assert.equal((await server.get(`/Patient/${id}`)).body.gender, undefined);
      status(await server.put(`/Patient/${id}`, body, { 'if-match': 'W/"1"' }), 200);
    },
  },
  {
    id: 7,
    source: 'http.html#ops',
    title: 'Prefer: return=minimal | representation | OperationOutcome',
    check: async (server) => {
      const make = (wish: string): ReturnType<typeof server.post> =>
        server.post('/Patient', patient(), { prefer: `return=${wish}` });
      assert.equal((await make('minimal')).text, '');
      assert.equal((await make('representation')).body.resourceType, 'Patient');
      assert.equal((await make('OperationOutcome')).body.resourceType, 'OperationOutcome');
    },
  },
  {
    id: 8,
    source: 'json.html#decimal',
    title: 'decimals keep their digits, and unknown extensions their place',
    check: async (server) => {
      const text = `{"resourceType":"Observation","status":"final","code":{"text":"x"},"_status":{"extension":[{"url":"http://example.org/a","valueDecimal":1.50}]},"valueQuantity":{"value":70.50}}`;
      const answer = await server.post('/Observation', text);
      status(answer, 201);
      const read = await server.get(`/Observation/${answer.body.id}`);
      assert.ok(read.text.includes('70.50'), 'digits of valueQuantity');
      assert.ok(read.text.includes('1.50'), 'digits in the extension of a primitive');
      assert.equal(read.body._status.extension[0].url, 'http://example.org/a');
    },
  },
  {
    id: 9,
    source: 'http.html#mime-type',
    title: 'XML is refused (406, 415), and not answered by JSON in silence',
    check: async (server) => {
      const { id } = await server.made(patient());
      refused(await server.get(`/Patient/${id}`, { accept: 'application/fhir+xml' }), [406]);
      const sent = await server.request('POST', '/Patient', {
        body: '<Patient xmlns="http://hl7.org/fhir"/>',
        headers: { 'content-type': 'application/fhir+xml' },
      });
      refused(sent, [415]);
      status(await server.get(`/Patient/${id}?_format=json`, { accept: 'text/html' }), 200);
      refused(await server.get(`/Patient/${id}?_format=xml`), [406]);
    },
  },
  {
    id: 10,
    source: 'http.html#parameters',
    title: '_summary and _elements of a read are marked as a subset',
    check: async (server) => {
      const { id } = await server.made(patient({ gender: 'female', birthDate: '1970-01-01' }));
      const answer = await server.get(`/Patient/${id}?_elements=gender`);
      assert.equal(answer.body.gender, 'female');
      assert.equal(answer.body.birthDate, undefined);
      assert.ok(answer.body.meta.tag.some((tag: Any) => tag.code === 'SUBSETTED'));
    },
  },
  {
    id: 11,
    source: 'http.html#general',
    title: 'unknown types, ids out of shape and bodies that are no JSON get an outcome',
    check: async (server) => {
      refused(await server.get('/NoSuchType/1'), [404]);
      refused(await server.get('/Patient/a_b!'), [400, 404]);
      refused(await server.post('/Patient', '{"resourceType":'), [400]);
      refused(await server.post('/Patient', { ...patient(), resourceType: 'Group' }), [400]);
      refused(await server.post('/Patient/$no-such-operation', {}), [400, 404, 405]);
    },
  },
  {
    id: 12,
    source: 'http.html#update',
    title: 'one update after another with 32 writers loses none: versions are gap-free',
    check: async (server) => {
      const { id } = await server.made(patient());
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, n) =>
          server.put(`/Patient/${id}`, { ...patient({ multipleBirthInteger: n }), id }),
        ),
      );
      const versions = answers.filter((answer) => answer.status === 200).map((answer) => answer.headers['etag']);
      for (const answer of answers) status(answer, 200, 409, 429, 503);
      assert.equal(new Set(versions).size, versions.length);
      const newest = await server.get(`/Patient/${id}`);
      assert.equal(newest.headers['etag'], `W/"${versions.length + 1}"`);
    },
  },
  {
    id: 13,
    source: 'http.html#version-parameter',
    title: 'another fhirVersion is refused: of a body 415, of Accept 406',
    check: async (server) => {
      const body = patient();
      const other = 'application/fhir+json; fhirVersion=3.0';
      refused(await server.post('/Patient', body, { 'content-type': other }), [415]);
      status(await server.post('/Patient', body, { 'content-type': 'application/fhir+json; fhirVersion=4.0' }), 201);
      const { id } = await server.made(body);
      refused(await server.get(`/Patient/${id}`, { accept: other }), [406]);
    },
  },
]);
