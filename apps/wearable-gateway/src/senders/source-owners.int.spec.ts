import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { samplesTopic, type RejectionsPage, type SamplesAnswer } from '#libs/contracts';
import { ALL_SCOPES, allows } from '#libs/platform/auth';
import { readMigrations } from '#libs/platform/storage';
import { freshSource, SECRET, TestWearableGateway } from '../../../../test/support/wearable-gateway.js';

let gateway: TestWearableGateway;
const tokens: Record<string, string> = {};
let minute = 0;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
  const write = ['samples.write', 'rejections.read'];
  for (const [id, scopes] of Object.entries({
    first: write,
    second: write,
    admin: [...write, 'samples.write:any-source'],
    fhir: write,
  }))
    tokens[id] = await makeClient(id, scopes);
}, 60_000);
afterAll(() => gateway.close());

async function makeClient(id: string, scopes: readonly string[]): Promise<string> {
  const { pool, tokens: issuer } = gateway.platform;
  await pool.query(
    `INSERT INTO clients (tenant, id, secret_hash, scopes) SELECT tenant, $1, secret_hash, $2 FROM clients WHERE id = 'full'`,
    [id, scopes],
  );
  const access = await issuer.verifyClientSecret(id, SECRET);
  return (await issuer.issue(access!)).token;
}

function sample(source: string | undefined, more: object = {}): object {
  minute += 1;
  const effectiveAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  return { patient: 'p1', code: 'heart-rate', value: 72, unit: '/min', effectiveAt, source, ...more };
}

async function send(client: string, ...samples: readonly object[]): Promise<SamplesAnswer> {
  const answer = await gateway.json(samples, { authorization: `Bearer ${tokens[client]}` });
  expect(answer.status).toBe(202);
  return answer.body;
}

async function codes(client: string, ...samples: readonly object[]): Promise<string[]> {
  const answer = await send(client, ...samples);
  return samples.map((_, index) => answer.rejected.find((one) => one.index === index)?.code ?? 'taken');
}

describe('a source', () => {
  it('is its first user’s; the samples of others are refused, listed, and their neighbours taken', async () => {
    const source = freshSource();
    expect(await codes('first', sample(source, { id: 'x' }))).toEqual(['taken']);
    const spoofed = sample(source, { id: 'x', value: 20 });
    expect(await codes('second', sample('second'), spoofed, sample(freshSource()))).toEqual([
      'taken',
      'source-not-yours',
      'taken',
    ]);
    expect(await gateway.logged(source)).toBe(1);
    const listed = await gateway.get<RejectionsPage>('/v1/rejections?limit=1', tokens['second']);
    expect(listed.body.items[0]).toMatchObject({ code: 'source-not-yours', client: 'second', index: 1 });
    expect(await codes('first', sample(source))).toEqual(['taken']);
    expect(await gateway.logged(source)).toBe(2);
  });

  it('may be used by others with the scope, and stays its owner’s', async () => {
    const source = freshSource();
    expect(await codes('first', sample(source))).toEqual(['taken']);
    expect(await codes('admin', sample(source))).toEqual(['taken']);
    expect(await codes('second', sample(source))).toEqual(['source-not-yours']);
    expect(await codes('first', sample(source))).toEqual(['taken']);
  });

  it('that is a client’s id is that client’s, whoever uses it first', async () => {
    tokens['later'] = await makeClient('later', ['samples.write']);
    expect(await codes('second', sample('later'))).toEqual(['source-not-yours']);
    expect(await codes('later', sample(undefined), sample('later'))).toEqual(['taken', 'taken']);
  });

  it('called fhir is nobody’s', async () => {
    for (const client of ['first', 'admin']) expect(await codes(client, sample('fhir'))).toEqual(['source-reserved']);
    expect(await codes('fhir', sample(undefined), sample('of-fhir'))).toEqual(['source-reserved', 'taken']);
  });

  it('becomes nobody’s by a sample that is refused', async () => {
    const source = freshSource();
    expect(await codes('first', sample(source, { patient: 'nobody' }))).toEqual(['unknown-patient']);
    expect(await codes('second', sample(source))).toEqual(['taken']);
  });

  it('is another one in another tenant', async () => {
    const source = freshSource();
    expect(await codes('first', sample(source))).toEqual(['taken']);
    const answer = await gateway.json([sample(source, { patient: 'p9' })], {
      authorization: `Bearer ${gateway.tokens.stranger}`,
    });
    expect(answer.body.accepted).toBe(1);
  });

  it.each([...Object.getOwnPropertyNames(Object.prototype), 'a/b', '\u{1F600}'])('may be called %s', async (source) => {
    expect(await codes('first', sample(source), sample(source))).toEqual(['taken', 'taken']);
    expect(await codes('second', sample(source))).toEqual(['source-not-yours']);
    expect(await gateway.logged(source)).toBe(2);
  });

  it('has one owner when two use it first at the same moment', async () => {
    const sources = Array.from({ length: 60 }, freshSource);
    const of = async (client: string, order: readonly string[]): Promise<readonly string[]> => {
      const verdicts = await Promise.all(order.map((source) => codes(client, sample(source))));
      return order.filter((_, at) => verdicts[at]![0] === 'taken');
    };
    const [first, second] = await Promise.all([of('first', sources), of('second', [...sources].reverse())]);
    expect([...first, ...second].sort()).toEqual([...sources].sort());
    const batches = Array.from({ length: 60 }, freshSource);
    const answers = await Promise.all([
      send('first', ...batches.map((source) => sample(source))),
      send('second', ...[...batches].reverse().map((source) => sample(source))),
    ]);
    expect(answers[0].accepted + answers[1].accepted).toBe(60);
    for (const source of batches) expect(await gateway.logged(source)).toBe(1);
  }, 30_000);

  it('is kept over MQTT too', async () => {
    const source = freshSource();
    await codes('first', sample(source));
    const publisher = await connectAsync(gateway.mqttUrl, { username: 'second', password: SECRET, reconnectPeriod: 0 });
    await publisher.publishAsync(samplesTopic('t1', 'p1'), JSON.stringify(sample(source)), { qos: 1 });
    await publisher.endAsync();
    const listed = await gateway.get<RejectionsPage>('/v1/rejections?limit=1', tokens['second']);
    expect(listed.body.items[0]).toMatchObject({ code: 'source-not-yours', door: 'mqtt', client: 'second' });
    expect(await gateway.logged(source)).toBe(1);
  });

  it('is asked for once', async () => {
    const query = gateway.platform.pool.query.bind(gateway.platform.pool);
    let asked = 0;
    gateway.platform.pool.query = ((...args: Parameters<typeof query>) => {
      if (JSON.stringify(args[0]).includes('source_owners')) asked += 1;
      return query(...args);
    }) as typeof query;
    const source = freshSource();
    for (let n = 0; n < 5; n += 1) await send('first', ...Array.from({ length: 20 }, () => sample(source)));
    gateway.platform.pool.query = query;
    expect(asked).toBe(2);
  });

  it('used before owners were kept is its client’s where that is known', async () => {
    const [migration] = (await readMigrations()).filter(({ name }) => name.endsWith('_source_owners'));
    await gateway.platform.pool.query(
      `DROP TABLE source_owners; INSERT INTO sources (tenant, source)
       SELECT key, name FROM tenants, unnest('{second,old-gateway}'::text[]) AS n (name) WHERE id = 't1'`,
    );
    await gateway.platform.pool.query(migration!.sql);
    const { rows } = await gateway.platform.pool.query('SELECT source, client FROM source_owners');
    expect(rows).toEqual([{ source: 'second', client: 'second' }]);
    expect(await codes('first', sample('old-gateway'))).toEqual(['taken']);
  });
});

it('the scope for all sources is not part of any other', () => {
  expect(allows(ALL_SCOPES, 'samples.write:any-source')).toBe(true);
  const others = ALL_SCOPES.filter((scope) => scope !== 'samples.write:any-source');
  expect(allows([...others, 'system/*.cruds', 'system/*.*', '*'], 'samples.write:any-source')).toBe(false);
});
