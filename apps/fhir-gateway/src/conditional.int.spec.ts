import { describe, expect, it } from '@jest/globals';
import { ofSuite } from '#libs/testing';
import {
  batch,
  heartRate,
  patient,
  post,
  put,
  TestFhirGateway,
  tokenOf,
  transaction,
  type Reply,
} from '../../../test/support/fhir-gateway.js';

const CONNECTIONS = 4;

const gateway = ofSuite(() => TestFhirGateway.open(CONNECTIONS));

let last = 0;

/** An identifier that no other test has. */
function fresh(): { readonly identifier: { system: string; value: string }[]; readonly query: string } {
  const value = `n${++last}`;
  return { identifier: [{ system: 'urn:mrn', value }], query: `identifier=urn:mrn|${value}` };
}

function idOf(reply: Reply): string {
  return /\/Patient\/([^/]+)\/_history/.exec(reply.headers.get('location') ?? '')?.[1] ?? '';
}

async function patientsWith(identifier: readonly { value: string }[]): Promise<number> {
  const { rows } = await gateway.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM fhir_resources WHERE type = 'Patient' AND NOT deleted AND content LIKE $1`,
    [`%"value":"${identifier[0]?.value}"%`],
  );
  return rows[0]?.n ?? 0;
}

function statuses(reply: Reply): string[] {
  return reply.json.entry.map(({ response }: { response: { status: string } }) => response.status);
}

describe('a conditional create', () => {
  it('makes one, then answers that one, and refuses when there are two', async () => {
    const { identifier, query } = fresh();
    const send = (prefer = 'return=representation'): Promise<Reply> =>
      gateway.send('POST', '/Patient', patient({ identifier }), { 'if-none-exist': query, prefer });
    const first = await send();
    const second = await send();
    expect([first.status, second.status, idOf(second)]).toEqual([201, 200, idOf(first)]);
    expect(second.headers.get('etag')).toBe('W/"1"');
    expect(second.json).toEqual(first.json);
    expect((await send('return=minimal')).text).toBe('');
    await gateway.send('POST', '/Patient', patient({ identifier }));
    const third = await send();
    expect([third.status, third.json.issue[0].code]).toEqual([412, 'multiple-matches']);
  });

  it('in a bundle is one of its entries, or the one that there is', async () => {
    const { identifier, query } = fresh();
    const entry = { ...post(patient({ identifier }), 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001') };
    const conditional = { ...entry, request: { method: 'POST', url: 'Patient', ifNoneExist: query } };
    const bundle = transaction(post(heartRate('urn:uuid:0c0a6f3e-0000-4000-8000-000000000001', 60)), conditional);
    const first = await gateway.send('POST', '', bundle);
    const second = await gateway.send('POST', '', bundle);
    expect([statuses(first), statuses(second)]).toEqual([
      ['201 Created', '201 Created'],
      ['201 Created', '200 OK'],
    ]);
    expect(second.json.entry[1].response.location).toBe(first.json.entry[1].response.location);
    const { json } = await gateway.send('GET', `/${second.json.entry[0].response.location}`);
    expect(`${json.subject.reference}/_history/1`).toBe(first.json.entry[1].response.location);
    expect(await patientsWith(identifier)).toBe(1);
  });
});

describe('a conditional update and delete', () => {
  it('make, change and delete the one that matches', async () => {
    const { identifier, query } = fresh();
    const made = await gateway.send('PUT', `/Patient?${query}`, patient({ identifier }));
    const changed = await gateway.send('PUT', `/Patient?${query}`, patient({ identifier, active: true }), {
      'if-match': 'W/"1"',
    });
    expect([made.status, changed.status, idOf(changed)]).toEqual([201, 200, idOf(made)]);
    const stale = await gateway.send('PUT', `/Patient?${query}`, patient({ identifier }), { 'if-match': 'W/"1"' });
    const other = await gateway.send('PUT', `/Patient?${query}`, patient({ identifier, id: 'other' }));
    expect([stale.status, other.status, other.json.issue[0].expression]).toEqual([412, 400, ['Patient.id']]);
    expect((await gateway.send('DELETE', `/Patient?${query}`)).status).toBe(204);
    expect((await gateway.send('DELETE', `/Patient?${query}`)).status).toBe(204);
    expect((await gateway.send('GET', `/Patient/${idOf(made)}`)).status).toBe(410);
    const withId = await gateway.send('PUT', `/Patient?${query}`, patient({ identifier, id: `own-${last}` }));
    expect([withId.status, idOf(withId)]).toEqual([201, `own-${last}`]);
  });

  it('need the right to search, and see no other tenant', async () => {
    const { identifier, query } = fresh();
    await gateway.send('POST', '/Patient', patient({ identifier }));
    const as = (tenant: number, scope: string) => ({ authorization: `Bearer ${tokenOf(tenant, scope)}` });
    const conditional = { 'if-none-exist': query };
    const write = as(1, 'system/Patient.cud');
    const body = patient({ identifier });
    expect((await gateway.send('POST', '/Patient', body, { ...conditional, ...write })).status).toBe(403);
    expect((await gateway.send('PUT', `/Patient?${query}`, body, write)).status).toBe(403);
    expect((await gateway.send('DELETE', `/Patient?${query}`, undefined, write)).status).toBe(403);
    const entry = { resource: body, request: { method: 'POST', url: 'Patient', ifNoneExist: query } };
    expect((await gateway.send('POST', '', transaction(entry), write)).status).toBe(403);
    const other = as(2, 'system/*.cruds');
    expect((await gateway.send('POST', '/Patient', body, { ...conditional, ...other })).status).toBe(201);
  });
});

describe('requests at once', () => {
  const at64 = Array.from({ length: 64 }, (_, at) => at);

  it('64 conditional creates of one identifier make one resource, and all get its id', async () => {
    for (let round = 0; round < 3; round++) {
      const { identifier, query } = fresh();
      const replies = await Promise.all(
        at64.map(() => gateway.send('POST', '/Patient', patient({ identifier }), { 'if-none-exist': query })),
      );
      expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(63);
      expect(new Set(replies.map(idOf)).size).toBe(1);
      expect(await patientsWith(identifier)).toBe(1);
    }
  }, 60_000);

  it('the same in bundles, batches and conditional updates', async () => {
    const { identifier, query } = fresh();
    const create = {
      resource: patient({ identifier }),
      request: { method: 'POST', url: 'Patient', ifNoneExist: query },
    };
    const update = { resource: patient({ identifier }), request: { method: 'PUT', url: `Patient?${query}` } };
    const bundles = [transaction(create, post(patient())), batch(create), transaction(update, post(patient()))];
    const replies = await Promise.all(at64.map((at) => gateway.send('POST', '', bundles[at % 3])));
    expect(replies.map(({ status }) => status)).toEqual(Array(64).fill(200));
    expect(replies.flatMap(statuses).filter((status) => !/^20[01] /.test(status))).toEqual([]);
    const named = (reply: Reply): string => reply.json.entry[0].response.location.split('/_history')[0];
    expect(new Set(replies.map(named)).size).toBe(1);
    expect(await patientsWith(identifier)).toBe(1);
  }, 60_000);

  it('plain writes with the identifier come before or after, never between', async () => {
    for (let round = 0; round < 10; round++) {
      const { identifier, query } = fresh();
      const [plain, ...conditional] = await Promise.all([
        gateway.send('PUT', `/Patient/plain-${last}`, patient({ id: `plain-${last}`, identifier })),
        ...[1, 2, 3].map(() => gateway.send('POST', '/Patient', patient({ identifier }), { 'if-none-exist': query })),
      ]);
      expect(plain?.status).toBe(201);
      // After the plain one they all mean it; before it, one of them is made, and whoever comes after both finds two.
      const made = conditional.filter(({ status }) => status === 201).length;
      expect(made).toBeLessThanOrEqual(1);
      expect(await patientsWith(identifier)).toBe(made + 1);
      if (made === 0) expect(conditional.map(idOf)).toEqual(Array(3).fill(`plain-${last}`));
    }
  }, 60_000);

  it('many transactions on few connections end, though they want the same in other orders', async () => {
    const all = [fresh(), fresh(), fresh()];
    const replies = await Promise.all(
      Array.from({ length: 4 * CONNECTIONS * 4 }, (_, at) => {
        const order = at % 2 === 0 ? all : [...all].reverse();
        const entries = order.map(({ identifier, query }, n) => ({
          resource: patient({ identifier, multipleBirthInteger: at }),
          request:
            (at + n) % 2 === 0
              ? { method: 'POST', url: 'Patient', ifNoneExist: query }
              : { method: 'PUT', url: `Patient?${query}` },
        }));
        return gateway.send('POST', '', transaction(...entries, post(heartRate(`Patient?${order[0]?.query}`, 60))));
      }),
    );
    expect(replies.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual(Array(replies.length).fill(200));
    for (const { identifier } of all) expect(await patientsWith(identifier)).toBe(1);
  }, 60_000);
});

describe('a bundle', () => {
  it('reads the version that it wrote, and answers 304 for what the client has', async () => {
    await gateway.send('PUT', '/Basic/etag', { resourceType: 'Basic', id: 'etag', code: { text: 'x' } });
    const get = (url: string, more: object = {}): object => ({ request: { method: 'GET', url, ...more } });
    const reply = await gateway.send(
      'POST',
      '',
      transaction(
        get('Basic/etag/_history/2'),
        get('Basic/etag', { ifNoneMatch: 'W/"2"' }),
        get('Basic/etag', { ifNoneMatch: 'W/"1"' }),
        get('Basic/etag', { ifModifiedSince: new Date(Date.now() + 60_000).toISOString() }),
        { request: { method: 'HEAD', url: 'Basic/etag' } },
        put({ resourceType: 'Basic', id: 'etag', code: { text: 'y' } }),
      ),
    );
    expect(statuses(reply)).toEqual(['200 OK', '304 Not Modified', '200 OK', '304 Not Modified', '200 OK', '200 OK']);
    const resources = reply.json.entry.map(
      ({ resource }: { resource?: { code: { text: string } } }) => resource?.code.text,
    );
    expect(resources).toEqual(['y', undefined, 'y', undefined, undefined, undefined]);
    const late = await gateway.send(
      'POST',
      '',
      transaction(get('Basic?_id=late'), get('Basic/late/_history'), get('Basic/_history?_count=1'), {
        ...put({ resourceType: 'Basic', id: 'late', code: { text: 'x' } }),
      }),
    );
    expect(statuses(late)).toEqual(['200 OK', '200 OK', '200 OK', '201 Created']);
    const [found, ofOne, ofType] = late.json.entry.map(({ resource }: { resource: object }) => resource);
    expect(found).toMatchObject({ type: 'searchset', total: 1, entry: [{ resource: { id: 'late' } }] });
    expect(ofOne).toMatchObject({ type: 'history', total: 1, entry: [{ resource: { id: 'late' } }] });
    expect(ofType).toMatchObject({ type: 'history', entry: [{ resource: { id: 'late' } }] });
    const bad = [get('Basic?_count=-1'), get('Basic/_history?_count=x'), get('Basic?_id=late')];
    const alone = await gateway.send('POST', '', batch(...bad));
    expect(statuses(alone)).toEqual(['400 Bad Request', '400 Bad Request', '200 OK']);
    expect(alone.json.entry[0].response.outcome.issue[0].expression).toEqual(['Bundle.entry[0].request.url']);
    expect((await gateway.send('POST', '', transaction(...bad))).status).toBe(400);
    const missing = await gateway.send('POST', '', transaction(get('Basic/etag/_history/9'), post(patient())));
    expect([missing.status, missing.json.issue[0].code]).toEqual([404, 'not-found']);
  });

  it('that reads more than can be answered is refused with 413, in a batch the entries beyond', async () => {
    const text = 'x'.repeat(1_000_000);
    await gateway.send('PUT', '/Basic/large', { resourceType: 'Basic', id: 'large', code: { text } });
    const read = { request: { method: 'GET', url: 'Basic/large' } };
    const search = { request: { method: 'GET', url: 'Basic?_id=large' } };
    const entries = [...Array<object>(20).fill(read), ...Array<object>(20).fill(search)];
    const whole = await gateway.send('POST', '', transaction(...entries, post(patient())));
    expect([whole.status, whole.json.issue[0].expression]).toEqual([413, ['Bundle.entry[33].request.url']]);
    const each = statuses(await gateway.send('POST', '', batch(...entries)));
    expect(each).toEqual([...Array<string>(33).fill('200 OK'), ...Array<string>(7).fill(each[33] ?? '')]);
    expect(each[33]).toMatch(/^413/);
  }, 30_000);
});
