import { describe, expect, it } from '@jest/globals';
import { parseJson } from '#libs/domain/fhir';
import { BadEntry } from './bad-entry.js';
import { readEntry } from './read-entry.js';

const OWN = ['https://ours.example/fhir/r4'];
const PATIENT = { resourceType: 'Patient' };

function read(request: object | undefined, resource?: object, more: object = {}) {
  const parsed = parseJson(JSON.stringify({ ...more, request, resource }));
  if (!parsed.ok) throw new Error('a test entry is JSON');
  return readEntry(parsed.value, 3, () => 'new', OWN);
}

describe('the request of an entry', () => {
  it.each<[string, string, object | undefined, object]>([
    ['POST', 'Patient', PATIENT, { type: 'Patient', id: 'new' }],
    ['POST', '/Patient', PATIENT, { type: 'Patient', id: 'new' }],
    ['POST', 'https://ours.example/fhir/r4/Patient', PATIENT, { type: 'Patient', id: 'new' }],
    ['PUT', 'Patient/1', { ...PATIENT, id: '1' }, { type: 'Patient', id: '1', condition: undefined }],
    ['PUT', 'Patient?identifier=s|1', PATIENT, { id: 'new', condition: { type: 'Patient' } }],
    ['DELETE', 'Patient/1', undefined, { type: 'Patient', id: '1' }],
    ['DELETE', 'Patient?identifier=s%7C1', undefined, { condition: { at: 'Bundle.entry[3].request.url' } }],
    ['GET', 'Patient/1', undefined, { url: { kind: 'instance', type: 'Patient', id: '1' } }],
    ['HEAD', 'Patient/1', undefined, { method: 'HEAD', url: { kind: 'instance' } }],
    ['GET', 'Patient/1/_history/2', undefined, { url: { kind: 'version', version: 2 } }],
    ['GET', 'Patient/1/_history/x', undefined, { url: { kind: 'version', version: 0 } }],
    ['GET', 'Patient?name=x', undefined, { url: { kind: 'type', type: 'Patient', query: 'name=x' } }],
    ['GET', 'Patient/1?_elements=name', undefined, { url: { kind: 'instance', query: '_elements=name' } }],
    ['GET', 'Patient/1/_history/2?_summary=text', undefined, { url: { kind: 'version', query: '_summary=text' } }],
    ['GET', 'Patient/1/Observation?code=x', undefined, { url: { kind: 'compartment', of: 'Patient', id: '1' } }],
    ['GET', 'Patient/1/*', undefined, { url: { kind: 'compartment', members: '*' } }],
    ['GET', 'Patient/1/$everything?_count=2', undefined, { url: { kind: 'everything', id: '1', query: '_count=2' } }],
    ['GET', 'Observation/$lastn?patient=1', undefined, { url: { kind: 'last', query: 'patient=1' } }],
    ['GET', '?_type=Patient', undefined, { url: { kind: 'system', query: '_type=Patient' } }],
    ['GET', 'Patient', undefined, { url: { kind: 'type', type: 'Patient' } }],
    ['GET', '_history?_count=1', undefined, { url: { kind: 'history', type: '', query: '_count=1' } }],
    ['GET', 'Patient/_history', undefined, { url: { kind: 'history', type: 'Patient', query: '' } }],
    ['GET', 'Patient/1/_history', undefined, { url: { kind: 'history', type: 'Patient', id: '1' } }],
  ])('%s %s is read', (method, url, resource, expected) => {
    expect(read({ method, url }, resource)).toMatchObject({ index: 3, ...expected });
  });

  it('takes its conditions', () => {
    const tags = { ifNoneMatch: 'W/"1"', ifModifiedSince: '2026-01-02T03:04:05Z' };
    expect(read({ method: 'GET', url: 'Patient/1', ...tags })).toMatchObject({
      ifNoneMatch: 'W/"1"',
      ifModifiedSince: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
    expect(read({ method: 'POST', url: 'Patient', ifNoneExist: 'identifier=s|1' }, PATIENT)).toMatchObject({
      condition: { at: 'Bundle.entry[3].request.ifNoneExist', type: 'Patient' },
    });
    expect(read({ method: 'DELETE', url: 'Patient/1', ifMatch: 'W/"1"' })).toMatchObject({ ifMatch: 'W/"1"' });
  });

  it.each<[string, object | undefined, object | undefined, number, string, string]>([
    ['no request', undefined, PATIENT, 400, 'required', 'request'],
    ['no method', { url: 'Patient' }, PATIENT, 400, 'value', 'request.method'],
    ['an unknown method', { method: 'TRACE', url: 'Patient' }, PATIENT, 400, 'value', 'request.method'],
    [
      'what a request has not',
      { method: 'POST', url: 'Patient', ifNoneExists: 'identifier=s|1' },
      PATIENT,
      400,
      'structure',
      'request',
    ],
    ['no url', { method: 'GET' }, undefined, 400, 'required', 'request.url'],
    [
      'a url of another server',
      { method: 'GET', url: 'https://x.example/Patient/1' },
      undefined,
      400,
      'value',
      'request.url',
    ],
    ['no type of R4', { method: 'GET', url: 'Nothing/1' }, undefined, 404, 'not-supported', 'request.url'],
    ['no type', { method: 'GET', url: '' }, undefined, 400, 'not-supported', 'request.url'],
    ['an operation', { method: 'POST', url: 'Patient/$match' }, PATIENT, 400, 'not-supported', 'request.url'],
    ['an operation', { method: 'GET', url: 'Patient/1/$validate' }, undefined, 400, 'not-supported', 'request.url'],
    ['a write of members', { method: 'PUT', url: 'Patient/1/Observation' }, PATIENT, 400, 'value', 'request.url'],
    [
      '$lastn of another type',
      { method: 'GET', url: 'Patient/$lastn' },
      undefined,
      400,
      'not-supported',
      'request.url',
    ],
    ['a longer path', { method: 'GET', url: 'Patient/1/Observation/2' }, undefined, 400, 'value', 'request.url'],
    ['a path', { method: 'DELETE', url: 'Patient/../../x' }, undefined, 400, 'value', 'request.url'],
    ['POST of an id', { method: 'POST', url: 'Patient/1' }, PATIENT, 400, 'value', 'request.url'],
    ['POST of a query', { method: 'POST', url: 'Patient?identifier=s|1' }, PATIENT, 400, 'value', 'request.url'],
    ['PUT of a type', { method: 'PUT', url: 'Patient' }, PATIENT, 400, 'value', 'request.url'],
    ['DELETE of a type', { method: 'DELETE', url: 'Patient' }, undefined, 400, 'value', 'request.url'],
    ['PUT of all', { method: 'PUT', url: 'Patient?' }, PATIENT, 412, 'value', 'request.url'],
    ['DELETE of all', { method: 'DELETE', url: 'Patient?' }, undefined, 412, 'value', 'request.url'],
    [
      'ifNoneExist of all',
      { method: 'POST', url: 'Patient', ifNoneExist: '' },
      PATIENT,
      412,
      'value',
      'request.ifNoneExist',
    ],
    [
      'ifNoneExist that is no string',
      { method: 'POST', url: 'Patient', ifNoneExist: 1 },
      PATIENT,
      400,
      'structure',
      'request.ifNoneExist',
    ],
    [
      'ifMatch of POST',
      { method: 'POST', url: 'Patient', ifMatch: 'W/"1"' },
      PATIENT,
      400,
      'invalid',
      'request.ifMatch',
    ],
    [
      'ifNoneExist of PUT',
      { method: 'PUT', url: 'Patient/1', ifNoneExist: 'identifier=s|1' },
      { ...PATIENT, id: '1' },
      400,
      'invalid',
      'request.ifNoneExist',
    ],
    [
      'a time that is none',
      { method: 'GET', url: 'Patient/1', ifModifiedSince: 'x' },
      undefined,
      400,
      'value',
      'request.ifModifiedSince',
    ],
    ['no resource', { method: 'POST', url: 'Patient' }, undefined, 400, 'required', 'resource'],
    ['another type', { method: 'POST', url: 'Device' }, PATIENT, 400, 'invalid', 'resource'],
    ['another id', { method: 'PUT', url: 'Patient/1' }, { ...PATIENT, id: '2' }, 400, 'invalid', 'resource.id'],
  ])('with %s is refused', (_name, request, resource, status, code, place) => {
    const bad = read(request, resource);
    expect(bad).toBeInstanceOf(BadEntry);
    expect(bad).toMatchObject({ status, issues: [{ code, expression: [`Bundle.entry[3].${place}`] }] });
  });

  it('with what an entry has not is refused', () => {
    const bad = read({ method: 'GET', url: 'Patient/1' }, undefined, { fullURL: 'urn:uuid:x' });
    expect(bad).toMatchObject({ status: 400, issues: [{ code: 'structure', expression: ['Bundle.entry[3]'] }] });
    expect(read({ method: 'GET', url: 'Patient/1', _url: { id: 'x' } }, undefined, { id: 'e' })).toMatchObject({
      method: 'GET',
    });
  });
});
