import { beforeAll, describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import { batch, TestFhirGateway, patient, post } from '../../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(4));

beforeAll(async () => {
  await gateway.send('PUT', '/Patient/p', patient({ id: 'p' }));
}, 60_000);

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
    ['GET', '/Patient/_search', 405],
    ['GET', '/Patient/$validate', 405],
    ['DELETE', '/Patient/p/$everything', 405],
    ['POST', '/_history', 405],
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
    const urls = ['Patient/$everything', '$export', 'Patient/p/$validate', 'Encounter/e/Observation'];
    const reply = await gateway.send('POST', '', batch(...urls.map((url) => ({ request: { method: 'GET', url } }))));
    expect(
      reply.json.entry.map(({ response }: { response: { status: string; outcome: { issue: { code: string }[] } } }) => [
        response.status.slice(0, 3),
        response.outcome.issue[0]?.code,
      ]),
    ).toEqual(urls.map(() => ['400', 'not-supported']));
  });
});

describe('a read', () => {
  it('is 304 where the client has the version already', async () => {
    const { headers } = await gateway.send('PUT', '/Patient/known', patient({ id: 'known' }));
    const [etag, modified] = [headers.get('etag') ?? '', headers.get('last-modified') ?? ''];
    const earlier = new Date(Date.parse(modified) - 1_000).toUTCString();
    const cases: readonly [Readonly<Record<string, string>>, number][] = [
      [{ 'if-none-match': etag }, 304],
      [{ 'if-none-match': '"1"' }, 304],
      [{ 'if-none-match': `W/"7", ${etag}` }, 304],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-none-match': 'W/"7"' }, 200],
      [{ 'if-modified-since': modified }, 304],
      [{ 'if-modified-since': earlier }, 200],
      [{ 'if-modified-since': 'yesterday' }, 200],
      [{ 'if-none-match': 'W/"7"', 'if-modified-since': modified }, 200],
    ];
    for (const path of ['/Patient/known', '/Patient/known/_history/1']) {
      for (const [asked, status] of cases) {
        const reply = await gateway.send('GET', path, undefined, asked);
        expect([asked, reply.status, reply.headers.get('etag'), reply.headers.get('last-modified')]).toEqual([
          asked,
          status,
          etag,
          modified,
        ]);
        expect(reply.text === '').toBe(status === 304);
      }
    }
  });

  it('by HEAD has the headers and no body', async () => {
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => gateway.send(method, '/Patient/p')));
    expect([head?.status, head?.text]).toEqual([200, '']);
    for (const name of ['etag', 'last-modified', 'content-type'])
      expect(head?.headers.get(name)).toBe(get?.headers.get(name));
    expect((await gateway.send('HEAD', '/Patient/none')).status).toBe(404);
  });

  it('of what was deleted is 410 with the version of the deletion', async () => {
    await gateway.send('PUT', '/Basic/gone', { resourceType: 'Basic', id: 'gone', code: { text: 'x' } });
    const deleted = await gateway.send('DELETE', '/Basic/gone');
    expect([deleted.status, deleted.headers.get('etag')]).toEqual([204, 'W/"2"']);
    for (const path of ['/Basic/gone', '/Basic/gone/_history/2']) {
      const reply = await gateway.send('GET', path);
      expect([reply.status, reply.headers.get('etag'), reply.json.issue[0].code]).toEqual([410, 'W/"2"', 'deleted']);
    }
    expect((await gateway.send('GET', '/Basic/gone/_history/1')).status).toBe(200);
    const outcome = await gateway.send('DELETE', '/Basic/gone', undefined, { prefer: 'return=OperationOutcome' });
    expect([outcome.status, outcome.json.resourceType]).toEqual([200, 'OperationOutcome']);
  });

  it('is pretty, and in gzip, where that is asked for', async () => {
    const name = [{ given: Array.from({ length: 400 }, (_, at) => `given ${at}`) }];
    await gateway.send('PUT', '/Patient/long', patient({ id: 'long', name }));
    const plain = await gateway.send('GET', '/Patient/long', undefined, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const pretty = await gateway.send('GET', '/Patient/long?_pretty=true', undefined, {
      'accept-encoding': 'identity',
    });
    expect(pretty.text).toBe(JSON.stringify(plain.json, undefined, 2));
    const packed = await gateway.send('GET', '/Patient/long', undefined, { 'accept-encoding': 'gzip' });
    expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
    expect(packed.text).toBe(plain.text);
    const refused = await gateway.send('GET', '/Patient/long', undefined, { 'accept-encoding': 'gzip;q=0' });
    expect([refused.headers.get('content-encoding'), refused.text]).toEqual([null, plain.text]);
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
