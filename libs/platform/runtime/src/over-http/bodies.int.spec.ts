import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProbedRuntime } from './probed-runtime.fixture.js';

let runtime: ProbedRuntime;

beforeAll(async () => {
  runtime = await ProbedRuntime.start();
}, 60_000);
afterAll(() => runtime.stop());

describe('bodies and errors', () => {
  const json = async (
    body: string | Uint8Array,
    more: Record<string, string> = {},
    path = '/v1/shape',
  ): ReturnType<typeof runtime.call> =>
    runtime.call(path, {
      method: 'POST',
      body,
      headers: { ...(await runtime.bearer()), 'content-type': 'application/json', ...more },
    });

  it('checks bodies and queries against their schemas, with JSON pointers', async () => {
    const wrong = await json('{"n":"x","list":["a",1],"more":true}');
    expect([wrong.status, wrong.type]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(wrong.body).toMatchObject({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code: 'invalid',
      detail: expect.any(String),
    });
    const pointers = (wrong.body as { errors: { pointer: string }[] }).errors.map((error) => error.pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/n', '/list/1']));
    const query = await runtime.call('/v1/filtered?limit=11', { headers: await runtime.bearer() });
    expect([query.status, query.body]).toMatchObject([400, { errors: [{ pointer: '/limit' }] }]);
    expect((await runtime.call('/v1/filtered', { headers: await runtime.bearer() })).body).toEqual({ limit: 5 });
  });

  it.each([
    ['malformed', '{"n":', {}, 400, 'json-invalid'],
    ['empty', '', {}, 400, 'json-invalid'],
    ['nested 10,000 deep', '['.repeat(10_000), {}, 400, 'json-too-deep'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}, 400, 'utf8-invalid'],
    ['another media type', 'n=1', { 'content-type': 'text/plain' }, 415, 'media-type-unsupported'],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'charset-unsupported'],
    ['an encoding we do not take', '{}', { 'content-encoding': 'br' }, 415, 'content-encoding-unsupported'],
    ['no gzip', '{}', { 'content-encoding': 'gzip' }, 400, 'gzip-invalid'],
    ['cut gzip', gzipSync('{"n":1}').subarray(0, 12), { 'content-encoding': 'gzip' }, 400, 'gzip-invalid'],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }, 413, 'body-too-large'],
  ] as [string, string | Uint8Array, Record<string, string>, number, string][])(
    'a body that is %s',
    async (_, body, headers, status, code) => {
      const answer = await json(body, headers);
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
    },
  );

  it.each([
    ['{"n":1,"__proto__":{}}', '', 'unrecognized_keys'],
    ['{"n":1,"constructor":2}', '', 'unrecognized_keys'],
    ['{"n":1,"prototype":null}', '', 'unrecognized_keys'],
    ['{"n":1,"list":["a","b\\u0000"]}', '/list/1', 'text-invalid'],
    ['{"n":1,"list":["\\ud800"]}', '/list/0', 'text-invalid'],
    ['{"n":1,"list":[{"~/":["\\udc00"]}]}', '/list/0/~0~1/0', 'text-invalid'],
  ])('refuses what no schema may take, with its place: %s', async (body, pointer, code) => {
    const { status, body: answer } = await json(body);
    expect([status, answer]).toMatchObject([400, { code: 'invalid', errors: [{ pointer, code }] }]);
  });

  it.each(['constructor=1', '__proto__=1', 'prototype=1', 'limit=1&constructor=1', 'limit=%00'])(
    'refuses such a parameter of a query: %s',
    async (query) => {
      const answer = await runtime.call(`/v1/filtered?${query}`, { headers: await runtime.bearer() });
      expect([answer.status, answer.body]).toMatchObject([400, { code: 'invalid' }]);
    },
  );

  it('inflates gzip, and hands out exact text where a route asks for it', async () => {
    expect((await json(gzipSync('{"n":2}'), { 'content-encoding': 'gzip' })).body).toEqual({ n: 2 });
    const headers = { ...(await runtime.bearer()), 'content-type': 'application/fhir+json' };
    const text = '{"value": 70.50}';
    expect((await runtime.call('/fhir/r4', { method: 'POST', body: text, headers })).body).toBe(text);
    const long = await runtime.call('/fhir/r4', { method: 'POST', body: 'x'.repeat(2_000), headers });
    expect([long.status, long.body]).toMatchObject([
      413,
      { resourceType: 'OperationOutcome', issue: [{ code: 'too-long' }] },
    ]);
  });

  it('reads no body of a stranger', async () => {
    const socket = connect(Number(new URL(runtime.server.url).port), '127.0.0.1');
    socket.write(
      'POST /v1/shape HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{',
    );
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });

  it('says nothing of what went wrong inside', async () => {
    const answer = await runtime.call('/v1/boom', { headers: await runtime.bearer() });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/Jane|SELECT|at /);
    expect(runtime.lines.join('')).toContain('request failed');
    expect(runtime.lines.join('')).not.toMatch(/Jane|SELECT/);
  });

  it('answers 429 with Retry-After when the log is full', async () => {
    const answer = await runtime.call('/v1/full', { headers: await runtime.bearer() });
    expect([answer.status, answer.headers.get('retry-after'), (answer.body as { code: string }).code]).toEqual([
      429,
      '3',
      'log-full',
    ]);
  });

  it.each([
    ['unknown', '/v1/nothing'],
    ['not decodable', '/v1/%ff'],
    ['very long', `/fhir/r4/${'a'.repeat(3_000)}`],
    ['climbing', '/v1/probe/..%2f..%2fetc'],
    ['with NUL', '/v1/probe%00'],
  ])('answers a path that is %s', async (_, path) => {
    const answer = await runtime.call(path, { headers: await runtime.bearer() });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.type).toMatch(/^application\/(problem|fhir)\+json; charset=utf-8$/);
  });

  it('answers OperationOutcome under /fhir', async () => {
    const missing = await runtime.call('/fhir/r4/a/b/c/d', { headers: await runtime.bearer() });
    expect([missing.status, missing.body]).toMatchObject([
      404,
      { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] },
    ]);
    expect((await runtime.call('/fhir/r4/outcome/thrown')).body).toMatchObject({ issue: [{ code: 'required' }] });
  });

  it('sets security headers on every answer', async () => {
    for (const path of ['/health/live', '/v1/probe', '/v1/nothing', '/v1/%ff']) {
      const { headers } = await runtime.call(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});
