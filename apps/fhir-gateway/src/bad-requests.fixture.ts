import { gzipSync } from 'node:zlib';
import { heartRate, patient, transaction } from '../../../test/support/fhir-gateway.js';

const OBSERVATION = JSON.stringify(heartRate('Patient/known', 60));
const MEBIBYTE = 1024 * 1024;

function nested(depth: number): string {
  return `{"resourceType":"Basic","code":{"text":"x"},"extension":${'[{"url":"u","extension":'.repeat(depth)}[]${'}]'.repeat(depth)}}`;
}

/** A request, and what it is refused with; of the patient `known`, who is there. */
interface BadRequest {
  readonly name: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** `code` of the first issue. */
  readonly code?: string;
  /** `expression` of the first issue. */
  readonly at?: string;
}

export const BAD_REQUESTS: readonly BadRequest[] = [
  { name: 'malformed JSON', body: '{"resourceType":"Observation",', status: 400, code: 'structure' },
  { name: 'an empty body', body: '', status: 400, code: 'structure' },
  { name: 'no body at all', status: 400, code: 'structure' },
  { name: 'a JSON array', body: '[]', status: 400, code: 'structure' },
  { name: 'a JSON null', body: 'null', status: 400, code: 'structure' },
  { name: 'two documents', body: '{} {}', status: 400, code: 'structure' },
  { name: 'NaN', body: OBSERVATION.replace('"value":60', '"value":NaN'), status: 400, code: 'structure' },
  { name: 'Infinity', body: OBSERVATION.replace('"value":60', '"value":-Infinity'), status: 400, code: 'structure' },
  {
    name: 'a number with a leading zero',
    body: OBSERVATION.replace('"value":60', '"value":060'),
    status: 400,
    code: 'structure',
  },
  { name: 'text', body: OBSERVATION, headers: { 'content-type': 'text/plain' }, status: 415, code: 'not-supported' },
  { name: 'FHIR XML', body: '<Patient/>', headers: { 'content-type': 'application/fhir+xml' }, status: 415 },
  {
    name: 'UTF-16',
    body: OBSERVATION,
    headers: { 'content-type': 'application/fhir+json; charset=utf-16' },
    status: 415,
  },
  { name: 'broken UTF-8', body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), status: 400 },
  { name: 'brotli', body: OBSERVATION, headers: { 'content-encoding': 'br' }, status: 415 },
  { name: 'gzip that is none', body: OBSERVATION, headers: { 'content-encoding': 'gzip' }, status: 400 },
  {
    name: 'a gzip bomb',
    body: gzipSync(Buffer.alloc(200 * MEBIBYTE, 0x20)),
    headers: { 'content-encoding': 'gzip' },
    status: 413,
    code: 'too-long',
  },
  { name: 'a body over the limit', body: Buffer.alloc(17 * MEBIBYTE, 0x20), status: 413, code: 'too-long' },
  { name: 'nesting 10,000 deep', path: '/Basic', body: nested(10_000), status: 400 },
  {
    name: 'nesting 10,000 deep in a bundle',
    path: '',
    body: `{"resourceType":"Bundle","type":"batch","entry":${'['.repeat(10_000)}`,
    status: 400,
  },
  { name: 'an unknown type', path: '/Nothing', body: { resourceType: 'Nothing' }, status: 404, code: 'not-supported' },
  { name: 'a type in lower case', path: '/patient', body: patient(), status: 404, code: 'not-supported' },
  { name: 'a prototype as type', path: '/__proto__', body: patient(), status: 404 },
  { name: 'constructor as type', path: '/constructor', body: patient(), status: 404 },
  { name: 'another type than the path', path: '/Patient', body: OBSERVATION, status: 400, code: 'invalid' },
  { name: 'no resourceType', body: '{"status":"final"}', status: 400, code: 'invalid' },
  { name: 'an array where one is allowed', body: heartRate('Patient/known', 60, { status: ['final'] }), status: 400 },
  { name: 'one where an array is needed', body: heartRate('Patient/known', 60, { category: {} }), status: 400 },
  {
    name: 'a missing required element',
    body: heartRate('Patient/known', 60, { status: undefined }),
    status: 400,
    at: 'Observation.status',
  },
  {
    name: 'an unknown element',
    body: heartRate('Patient/known', 60, { mood: 'good' }),
    status: 400,
    at: 'Observation',
  },
  {
    name: 'a code outside its required value set',
    body: heartRate('Patient/known', 60, { status: 'done' }),
    status: 400,
    at: 'Observation.status',
  },
  { name: 'two choices of value[x]', body: heartRate('Patient/known', 60, { valueString: 'x' }), status: 400 },
  {
    name: 'a day that does not exist',
    body: heartRate('Patient/known', 60, { effectiveDateTime: '2026-02-30' }),
    status: 400,
    at: 'Observation.effectiveDateTime',
  },
  {
    name: 'a time without offset',
    body: heartRate('Patient/known', 60, { effectiveDateTime: '2026-02-03T04:05:06' }),
    status: 400,
  },
  {
    name: 'an unknown patient',
    body: heartRate('Patient/unknown', 60),
    status: 422,
    code: 'not-found',
    at: 'Observation.subject.reference',
  },
  {
    name: "SQL in a reference's id",
    body: heartRate("Patient/x'; DROP TABLE twins; --", 60),
    status: 422,
    code: 'not-found',
  },
  { name: 'NUL in a reference', body: heartRate('Patient/a\0b', 60), status: 400 },
  {
    name: 'a conditional reference without a match',
    body: heartRate('Patient?identifier=s|nobody', 60),
    status: 412,
    code: 'not-found',
    at: 'Observation.subject.reference',
  },
  {
    name: 'SQL in an id',
    method: 'GET',
    path: `/Patient/${encodeURIComponent("x' OR '1'='1")}`,
    status: 404,
    code: 'not-found',
  },
  { name: 'a path in an id', method: 'GET', path: `/Patient/${encodeURIComponent('../../etc/passwd')}`, status: 404 },
  { name: 'NUL in an id', method: 'GET', path: '/Patient/a%00b', status: 404 },
  { name: 'an id of 65 characters', method: 'GET', path: `/Patient/${'a'.repeat(65)}`, status: 404 },
  { name: 'SQL in a version', method: 'GET', path: '/Patient/known/_history/1%20OR%201=1', status: 404 },
  {
    name: 'a version beyond all integers',
    method: 'GET',
    path: '/Patient/known/_history/99999999999999999999',
    status: 404,
  },
  { name: 'a negative _count', method: 'GET', path: '/Patient/known/_history?_count=-1', status: 400, code: 'value' },
  {
    name: 'an If-Match that is no tag',
    method: 'PUT',
    path: '/Patient/known',
    body: patient({ id: 'known' }),
    headers: { 'if-match': "1' OR 1=1" },
    status: 412,
  },
  {
    name: 'NUL in a string',
    path: '/Patient',
    body: patient({ gender: 'male', name: [{ family: 'a\0b' }] }),
    status: 400,
  },
  {
    name: 'a lone surrogate',
    path: '/Patient',
    body: '{"resourceType":"Patient","name":[{"family":"a\\ud800b"}]}',
    status: 400,
  },
  { name: '1e400', body: OBSERVATION.replace('"value":60', '"value":1e400'), status: 400, code: 'structure' },
  { name: '-0', body: OBSERVATION.replace('"value":60', '"value":-0'), status: 201 },
  {
    name: 'If-None-Exist of everything',
    path: '/Patient',
    body: patient(),
    headers: { 'if-none-exist': '' },
    status: 412,
    code: 'value',
  },
  {
    name: 'If-None-Exist of a parameter that there is not',
    path: '/Patient',
    body: patient(),
    headers: { 'if-none-exist': 'x=y' },
    status: 400,
    code: 'not-supported',
  },
  { name: 'PUT of everything', method: 'PUT', path: '/Patient', body: patient(), status: 412, code: 'value' },
  { name: 'DELETE of everything', method: 'DELETE', path: '/Patient?', status: 412, code: 'value' },
  {
    name: 'a condition on a type that there is not',
    method: 'DELETE',
    path: '/Nothing?identifier=s|1',
    status: 404,
    code: 'not-supported',
  },
  {
    name: 'a bundle of type message',
    path: '',
    body: { resourceType: 'Bundle', type: 'message' },
    status: 400,
    at: 'Bundle.type',
  },
  { name: 'a resource where a bundle belongs', path: '', body: OBSERVATION, status: 400, code: 'invalid' },
  {
    name: 'entries that are no array',
    path: '',
    body: { resourceType: 'Bundle', type: 'batch', entry: {} },
    status: 400,
    at: 'Bundle.entry',
  },
  {
    name: 'null in place of entries',
    path: '',
    body: { resourceType: 'Bundle', type: 'batch', entry: null },
    status: 400,
    at: 'Bundle.entry',
  },
  {
    name: 'an entry without a request',
    path: '',
    body: transaction({ resource: patient() }),
    status: 400,
    at: 'Bundle.entry[0].request',
  },
  {
    name: 'an entry with a path in its url',
    path: '',
    body: transaction({ request: { method: 'DELETE', url: 'Patient/../../x' } }),
    status: 400,
  },
  {
    name: 'PATCH',
    path: '',
    body: transaction({ request: { method: 'PATCH', url: 'Patient/x' } }),
    status: 400,
    code: 'required',
  },
  { name: 'an unknown path', method: 'GET', path: '/Patient/known/_history/1/more', status: 404 },
];
