import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  TestFhirGateway,
  heartRate,
  patient,
  post,
  tokenOf,
  transaction,
  type Resource,
} from '../../../test/support/fhir-gateway.js';
import { BAD_REQUESTS } from './bad-requests.fixture.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

beforeAll(async () => {
  await gateway.send('PUT', '/Patient/known', patient({ id: 'known' }));
}, 60_000);

function isResource(body: unknown): body is Resource {
  return typeof body === 'object' && body !== null && 'resourceType' in body;
}

describe('bad input', () => {
  it.each(BAD_REQUESTS)(
    '$name → $status',
    async ({ path = '/Observation', method = 'POST', body, headers, status, code, at }) => {
      const reply = await gateway.send(method, path, body, headers);
      expect(reply.status).toBe(status);
      if (status < 300) return;
      expect(reply.json.resourceType).toBe('OperationOutcome');
      expect(reply.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
      const [issue] = reply.json.issue;
      expect(issue).toMatchObject({
        severity: expect.stringMatching(/^(error|fatal)$/),
        ...(code === undefined ? {} : { code }),
      });
      if (at !== undefined) expect(issue.expression).toEqual([at]);
      expect(reply.text).not.toMatch(/\bat .+:\d+:\d+|SELECT|INSERT|fhir_resources|DROP TABLE|node_modules/);
    },
  );

  it('in a batch leaves good neighbours alone', async () => {
    // NUL makes the text of the whole bundle unreadable; the others are wrong in their entry only.
    const bad = BAD_REQUESTS.filter((one) => one.method === undefined && [400, 422].includes(one.status)).flatMap(
      ({ path, body, name }) => (path !== undefined || name.startsWith('NUL') || !isResource(body) ? [] : [post(body)]),
    );
    expect(bad.length).toBeGreaterThan(8);
    const reply = await gateway.send(
      'POST',
      '',
      batch(post(heartRate('Patient/known', 61)), ...bad, post(heartRate('Patient/known', 62))),
    );
    const statuses = reply.json.entry.map((one: { response: { status: string } }) =>
      Number(one.response.status.slice(0, 3)),
    );
    expect(statuses[0]).toBe(201);
    expect(statuses.at(-1)).toBe(201);
    expect(statuses.slice(1, -1).every((status: number) => status >= 400 && status < 500)).toBe(true);
  });

  it('of ten thousand entries is answered in bounded size', async () => {
    const reply = await gateway.send(
      'POST',
      '',
      transaction(...Array.from({ length: 10_000 }, () => ({ request: {} }))),
    );
    expect(reply.status).toBe(400);
    expect(reply.json.issue.length).toBeLessThanOrEqual(200);
  });

  it('of half a request does not block the gateway', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /fhir/r4/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf(1, 'system/*.cruds')}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"resourceType"`,
    );
    socket.end();
    const good = await gateway.send('POST', '/Patient', patient());
    expect(good.status).toBe(201);
    socket.destroy();
  });

  it('has changed nothing that it should not', async () => {
    expect((await gateway.send('GET', '/Patient/known')).json.meta.versionId).toBe('1');
    expect(await gateway.count('twins')).toBeGreaterThan(0);
  });
});
