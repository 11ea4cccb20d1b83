import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  nextPage,
  patient,
  put,
  type Reply,
  TestFhirGateway,
  tokenOf,
  transaction,
} from '../../../../test/support/fhir-gateway.js';

const gateway = ofSuite(() => TestFhirGateway.open(8));

interface Entry {
  readonly fullUrl: string;
  readonly resource?: { readonly meta: { readonly lastUpdated: string } };
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: string; readonly etag: string; readonly lastModified: string };
}

const as = (tenant: number, ...scopes: string[]) => ({ authorization: `Bearer ${tokenOf(tenant, ...scopes)}` });

/** `Type/id 3`: what the entries of a page are. */
function places(reply: Reply): string[] {
  return ((reply.json.entry ?? []) as Entry[]).map(
    ({ fullUrl, response }) => `${fullUrl.split('/').slice(-2).join('/')} ${/\d+/.exec(response.etag)?.[0]}`,
  );
}

/** All pages, by their `next` links. `between` is done after every page. */
async function walk(path: string, between: () => Promise<unknown> = () => Promise.resolve()): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const reply: Reply = await gateway.send('GET', next);
    expect(reply.status).toBe(200);
    found.push(...places(reply));
    next = nextPage(reply);
    await between();
  }
  return found;
}

describe('the history of a resource', () => {
  it('says what each version was, newest first', async () => {
    await gateway.send('PUT', '/Patient/h', patient({ id: 'h' }));
    await gateway.send('PUT', '/Patient/h', patient({ id: 'h', active: true }));
    await gateway.send('DELETE', '/Patient/h');
    await gateway.send('PUT', '/Patient/h', patient({ id: 'h' }));
    const { json } = await gateway.send('GET', '/Patient/h/_history');
    expect(json).toMatchObject({ resourceType: 'Bundle', type: 'history', total: 4 });
    expect(
      (json.entry as Entry[]).map(({ request, response, resource }) => [
        request.method,
        request.url,
        response.status.slice(0, 3),
        response.etag,
        resource !== undefined,
      ]),
    ).toEqual([
      ['PUT', 'Patient/h', '201', 'W/"4"', true],
      ['DELETE', 'Patient/h', '204', 'W/"3"', false],
      ['PUT', 'Patient/h', '200', 'W/"2"', true],
      ['PUT', 'Patient/h', '201', 'W/"1"', true],
    ]);
    expect(await walk('/Patient/h/_history?_count=1')).toEqual([4, 3, 2, 1].map((version) => `Patient/h ${version}`));
    const created = await gateway.send('POST', '/Patient', patient());
    const first = (await gateway.send('GET', `/Patient/${created.json.id}/_history`)).json.entry[0];
    expect([first.request, first.response.status]).toEqual([{ method: 'POST', url: 'Patient' }, '201 Created']);
  });

  it('says PATCH of what a patch made, alone and in batches, and of nothing else', async () => {
    const methods = async (id: string): Promise<string[]> => {
      const { json } = await gateway.send('GET', `/Patient/${id}/_history`);
      return (json.entry as Entry[]).map(({ request, response }) => `${request.method} ${response.etag}`);
    };
    const patch = [{ op: 'add', path: '/active', value: true }];
    const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json' };
    const entry = (value: boolean): object => ({
      request: { method: 'PATCH', url: 'Patient/b' },
      resource: {
        ...binary,
        data: Buffer.from(JSON.stringify([{ op: 'add', path: '/active', value }])).toString('base64'),
      },
    });
    await gateway.send('PUT', '/Patient/m', patient({ id: 'm' }));
    await gateway.send('PATCH', '/Patient/m', patch, { 'content-type': 'application/json-patch+json' });
    await gateway.send('PUT', '/Patient/m', patient({ id: 'm' }));
    await gateway.send('PATCH', '/Patient/m', patch, { 'content-type': 'application/json-patch+json' });
    await gateway.send('DELETE', '/Patient/m');
    expect(await methods('m')).toEqual(['DELETE W/"5"', 'PATCH W/"4"', 'PUT W/"3"', 'PATCH W/"2"', 'PUT W/"1"']);

    await gateway.send('PUT', '/Patient/b', patient({ id: 'b' }));
    const reply = await gateway.send(
      'POST',
      '',
      batch(entry(true), put(patient({ id: 'b' })), entry(false), entry(true)),
    );
    expect(reply.json.entry.map((one: Entry) => one.response.status)).toEqual(['200 OK', '200 OK', '200 OK', '200 OK']);
    expect(await methods('b')).toEqual(['PATCH W/"5"', 'PATCH W/"4"', 'PUT W/"3"', 'PATCH W/"2"', 'PUT W/"1"']);
    await gateway.send('POST', '', batch(entry(true), put(patient({ id: 'b' }))));
    expect((await methods('b')).slice(0, 2)).toEqual(['PUT W/"7"', 'PATCH W/"6"']);
  });

  it('takes _since and _at', async () => {
    const times: string[] = [];
    for (const active of [true, false, true]) {
      times.push((await gateway.send('PUT', '/Patient/times', patient({ id: 'times', active }))).json.meta.lastUpdated);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    const versions = async (query: string): Promise<string[]> =>
      places(await gateway.send('GET', `/Patient/times/_history?${query}`)).map((place) => place.slice(-1));
    expect(await versions(`_since=${times[1]}`)).toEqual(['3', '2']);
    expect(await versions(`_since=${new Date(Date.parse(times[2] ?? '') + 1).toISOString()}`)).toEqual([]);
    expect(await versions(`_since=2000`)).toEqual(['3', '2', '1']);
    expect(await versions(`_at=${times[1]}`)).toEqual(['2']);
    expect(await versions(`_at=${new Date(Date.parse(times[1] ?? '') - 1).toISOString()}`)).toEqual(['1']);
    expect(await versions(`_at=2000-01`)).toEqual([]);
    expect(await versions(`_at=${new Date().getUTCFullYear()}`)).toEqual(['3', '2', '1']);
    expect(await versions(`_count=0`)).toEqual([]);
  });

  it.each(['_count=-1', '_count=x', '_since=2026-02-30', '_at=yesterday', '_cursor=x', '_since=2020&_since=2021'])(
    'refuses %s',
    async (query) => {
      for (const path of ['/Patient/h/_history', '/Patient/_history', '/_history']) {
        const reply = await gateway.send('GET', `${path}?${query}`);
        expect([reply.status, reply.json.resourceType, reply.json.issue[0].code]).toEqual([
          400,
          'OperationOutcome',
          'value',
        ]);
      }
    },
  );

  it('of what never was is not found', async () => {
    expect((await gateway.send('GET', '/Patient/never/_history')).status).toBe(404);
    expect((await gateway.send('GET', '/Nothing/_history')).status).toBe(404);
    expect((await gateway.send('GET', '/Patient/h/_history', undefined, as(2, 'system/*.cruds'))).status).toBe(404);
  });
});

describe('the history of types', () => {
  it('has every version of the type, deletions too, and of others none', async () => {
    await gateway.send('PUT', '/Basic/b', { resourceType: 'Basic', id: 'b', code: { text: 'x' } });
    await gateway.send('DELETE', '/Basic/b');
    await gateway.send('PUT', '/Group/g', { resourceType: 'Group', id: 'g', type: 'person', actual: true });
    expect(places(await gateway.send('GET', '/Basic/_history'))).toEqual(['Basic/b 2', 'Basic/b 1']);
    expect(places(await gateway.send('GET', '/_history')).slice(0, 3)).toEqual(['Group/g 1', 'Basic/b 2', 'Basic/b 1']);
  });

  it('shows each tenant its own, and each client the types that it may search', async () => {
    expect(places(await gateway.send('GET', '/_history', undefined, as(2, 'system/*.cruds')))).toEqual([]);
    expect(places(await gateway.send('GET', '/_history', undefined, as(1, 'system/Group.rs')))).toEqual(['Group/g 1']);
    expect((await gateway.send('GET', '/Basic/_history', undefined, as(1, 'system/Group.rs'))).status).toBe(403);
    expect((await gateway.send('GET', '/_history', undefined, as(1, 'system/Group.cud'))).status).toBe(403);
  });

  it('neither misses nor doubles a version while others write', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => `w${at}`);
    const all = (): Promise<Reply> =>
      gateway.send(
        'POST',
        '',
        transaction(...ids.map((id) => put({ resourceType: 'Group', id, type: 'person', actual: true }))),
      );
    await all();
    await all();
    const before = await walk('/Group/_history?_count=500');
    let writes = 0;
    const write = async (): Promise<void> => {
      writes += 1;
      await gateway.send('PUT', `/Group/w${writes % 40}`, {
        resourceType: 'Group',
        id: `w${writes % 40}`,
        type: 'person',
        actual: true,
      });
      await gateway.send('DELETE', `/Group/w${(writes * 7) % 40}`);
    };
    for (const path of ['/Group/_history?_count=3', '/_history?_count=7']) {
      const found = await walk(path, write);
      expect(new Set(found).size).toBe(found.length);
      expect(before.filter((place) => !found.includes(place))).toEqual([]);
    }
    expect(writes).toBeGreaterThan(20);
  }, 60_000);

  it('bounds the bytes of a page', async () => {
    const text = 'x'.repeat(900_000);
    for (let n = 0; n < 24; n += 1) {
      await gateway.send('PUT', `/Media/m${n}`, {
        resourceType: 'Media',
        id: `m${n}`,
        status: 'completed',
        content: { title: text },
      });
    }
    const reply = await gateway.send('GET', '/Media/_history?_count=100');
    expect(places(reply).length).toBe(19);
    expect(await walk('/Media/_history?_count=100')).toHaveLength(24);
  }, 60_000);
});
