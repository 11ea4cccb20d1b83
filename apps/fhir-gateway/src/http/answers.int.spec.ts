import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batch, TestFhirGateway, patient, post } from '../../../../test/support/fhir-gateway.js';

let gateway: TestFhirGateway;

beforeAll(async () => {
  gateway = await TestFhirGateway.open(4);
  await gateway.send('PUT', '/Patient/p', patient({ id: 'p' }));
}, 60_000);

afterAll(() => gateway.close());

describe('content negotiation', () => {
  it.each([
    ['application/fhir+json', '', 200, 'application/fhir+json; charset=utf-8'],
    ['application/json', '', 200, 'application/json; charset=utf-8'],
    ['*/*', '', 200, 'application/fhir+json; charset=utf-8'],
    ['text/html,*/*;q=0.8', '', 200, 'application/fhir+json; charset=utf-8'],
    ['application/fhir+xml', '?_format=json', 200, 'application/fhir+json; charset=utf-8'],
    ['application/fhir+json', '?_format=application/json', 200, 'application/json; charset=utf-8'],
    ['application/fhir+xml', '', 406, 'application/fhir+json; charset=utf-8'],
    ['application/fhir+json', '?_format=xml', 406, 'application/fhir+json; charset=utf-8'],
    ['text/html', '', 406, 'application/fhir+json; charset=utf-8'],
  ])('Accept: %s %s', async (accept, query, status, type) => {
    for (const path of ['/Patient/p', '/metadata', '/Patient/p/_history']) {
      const reply = await gateway.send('GET', `${path}${query}`, undefined, { accept });
      expect([reply.status, reply.headers.get('content-type')]).toEqual([status, type]);
      if (status === 406) expect(reply.json.issue[0].code).toBe('not-supported');
    }
  });

  it('refuses before anything is written', async () => {
    const before = await gateway.count('fhir_resources');
    const reply = await gateway.send('POST', '/Patient', patient(), { accept: 'application/fhir+xml' });
    expect([reply.status, await gateway.count('fhir_resources')]).toEqual([406, before]);
  });

  it('answers in the same type when it refuses', async () => {
    const reply = await gateway.send('GET', '/Patient/none', undefined, { accept: 'application/json' });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
  });
});

describe('what is not supported', () => {
  it.each([
    ['GET', '/Patient/$everything', 400],
    ['POST', '/Patient/$match', 400],
    ['POST', '/Patient/p/$x', 400],
    ['GET', '/$export', 400],
    ['POST', '/$import', 400],
    ['PUT', '', 405],
    ['PUT', '/Patient/p/Observation', 405],
    ['GET', '/Encounter/e/Observation', 400],
    ['DELETE', '', 405],
    ['POST', '/Patient/p', 405],

    ['DELETE', '/Patient/p/_history', 405],
    ['DELETE', '/Patient/p/_history/1', 405],
    ['POST', '/metadata', 405],
    ['GET', '/Nothing', 404],
    ['GET', '/Nothing/1/Observation', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const reply = await gateway.send(method, path, method === 'GET' || method === 'DELETE' ? undefined : patient());
    expect([reply.status, reply.json.resourceType, reply.json.issue[0].code]).toEqual([
      status,
      'OperationOutcome',
      'not-supported',
    ]);
    expect(reply.json.issue[0].details.text).not.toBe('');
    if (status === 405) expect(reply.headers.get('allow')).toMatch(/GET|POST/);
  });

  it('is said in a bundle, too', async () => {
    const urls = ['Patient/$everything', '$export', 'Patient/p/Observation'];
    const reply = await gateway.send('POST', '', batch(...urls.map((url) => ({ request: { method: 'GET', url } }))));
    expect(
      reply.json.entry.map(({ response }: { response: { status: string; outcome: { issue: { code: string }[] } } }) => [
        response.status.slice(0, 3),
        response.outcome.issue[0]?.code,
      ]),
    ).toEqual(urls.map(() => ['400', 'not-supported']));
  });
});

describe('lists', () => {
  it.each(['batch', 'transaction'])('of an empty %s are absent', async (type) => {
    const reply = await gateway.send('POST', '', { resourceType: 'Bundle', type });
    expect([reply.status, reply.json]).toEqual([200, { resourceType: 'Bundle', type: `${type}-response` }]);
  });
});

describe('narratives', () => {
  it.each(['<iframe src="x"></iframe>', '<img src="x" onerror="x()"/>', '<a href="javascript:x()">x</a>'])(
    'with %s are refused with their place',
    async (active) => {
      const text = { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${active}</div>` };
      const single = await gateway.send('POST', '/Patient', patient({ text }));
      expect([single.status, single.json.issue[0].expression]).toEqual([400, ['Patient.text.div']]);
      const bundle = await gateway.send(
        'POST',
        '',
        batch(post(patient({ contained: [{ ...patient({ text }), id: 'c' }] }))),
      );
      expect(bundle.json.entry[0].response.outcome.issue[0].expression).toEqual([
        'Bundle.entry[0].resource.contained[0].text.div',
      ]);
    },
  );
});
