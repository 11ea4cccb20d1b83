import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { until } from '#libs/testing';
import type { HotState, HotTwin } from './hot-state.js';
import { MemoryHotState } from './memory-hot-state.js';
import { RedisHotState } from './redis.js';

const REDIS = process.env['REDIS_URL'];

function twin(patient: string, version: number, tenant = 1): HotTwin {
  return { tenant, patient, version, view: JSON.stringify({ patient, version }) };
}

const ADAPTERS: readonly (readonly [string, (ttlMs?: number) => HotState])[] = [
  ['in process', (ttlMs) => new MemoryHotState(undefined, ttlMs)],
  [
    'Redis',
    (ttlMs) => {
      if (REDIS === undefined) throw new Error('REDIS_URL is not set: integration tests need a Redis server');
      return new RedisHotState(REDIS, { prefix: `test-${randomUUID()}:`, ...(ttlMs === undefined ? {} : { ttlMs }) });
    },
  ],
];

describe.each(ADAPTERS)('hot state: %s', (_, create) => {
  let hot: HotState;

  beforeEach(async () => {
    hot = create();
    await until(() => hot.healthy());
  });
  afterEach(() => hot.close());

  it('returns what was stored, by tenant and patient', async () => {
    await hot.put([twin('a', 1), twin('b', 2)]);
    expect(await hot.get(1, 'a')).toEqual(twin('a', 1));
    expect(await hot.get(1, 'b')).toEqual(twin('b', 2));
    expect(await hot.get(2, 'a')).toBeUndefined();
    expect(await hot.get(1, 'c')).toBeUndefined();
    expect(await hot.getMany(1, ['b', 'c', 'a'])).toEqual(
      new Map([
        ['b', twin('b', 2)],
        ['a', twin('a', 1)],
      ]),
    );
    expect(await hot.getMany(2, ['a'])).toEqual(new Map());
  });

  it('ignores a version lower than the held one, and takes the same one again', async () => {
    await hot.put([twin('a', 10)]);
    await hot.put([twin('a', 9)]);
    expect((await hot.get(1, 'a'))?.version).toBe(10);
    await hot.put([{ ...twin('a', 10), view: 'again' }]);
    expect((await hot.get(1, 'a'))?.view).toBe('again');
  });

  it('stores many in one call', async () => {
    const many = Array.from({ length: 1_234 }, (_unused, i) => twin(`p${i}`, i + 1));
    await hot.put(many);
    expect(await hot.get(1, 'p0')).toEqual(many[0]);
    expect(await hot.get(1, 'p1233')).toEqual(many[1_233]);
  });

  it('lets a view go that is not renewed', async () => {
    const brief = create(100);
    await until(() => brief.healthy());
    await brief.put([twin('a', 1)]);
    expect(await brief.get(1, 'a')).toEqual(twin('a', 1));
    await until(async () => (await brief.get(1, 'a')) === undefined);
    await brief.close();
  });

  it('fans out to the subscribers of all channels that begin alike, taken literally', async () => {
    const heard: string[] = [];
    const stop = await hot.subscribePrefix('twin:1[a]*/', (rest, message) => heard.push(`${rest} ${message}`));
    const publish = (channel: string, message: string): Promise<void> => hot.publish([{ channel, message }]);
    await until(async () => {
      await publish('twin:1[a]*/p', 'hello');
      return heard.length > 0;
    });
    heard.length = 0;
    for (const channel of ['twin:1a*/p', 'twin:1[a]x/p', 'twin:11[a]*/p', 'other', 'twin:1[a]*/p2', 'twin:1[a]*/'])
      await publish(channel, '1');
    const isNew = (message: string): boolean => !message.endsWith('hello');
    await until(() => heard.filter(isNew).length === 2);
    expect(heard.filter(isNew)).toEqual(['p2 1', ' 1']);
    await stop();
    await publish('twin:1[a]*/p', '2');
    await hot.get(1, 'a');
    expect(heard.filter(isNew)).toHaveLength(2);
  });

  it('fans out to the subscribers of a channel until they leave, in order', async () => {
    const heard: string[] = [];
    const other: string[] = [];
    const stop = await hot.subscribe('one', (message) => heard.push(message));
    const stopSecond = await hot.subscribe('one', (message) => other.push(message));
    await hot.subscribe('two', () => heard.push('wrong'));
    // The first subscription opens a connection; what is published before it stands is missed, and may be.
    await until(async () => {
      await hot.publish([{ channel: 'one', message: 'hello' }]);
      return heard.length > 0 && other.length > 0;
    });
    heard.length = 0;
    await hot.publish(['1', '2', '3'].map((message) => ({ channel: 'one', message })));
    await until(() => heard.filter((message) => message !== 'hello').length === 3);
    expect(heard.filter((message) => message !== 'hello')).toEqual(['1', '2', '3']);
    await stop();
    const before = heard.length;
    other.length = 0;
    await hot.publish([{ channel: 'one', message: '4' }]);
    await until(() => other.includes('4'));
    expect(heard).toHaveLength(before);
    await stopSecond();
  });
});

describe('hot state: Redis that goes away', () => {
  /** A way to the real Redis that a test can cut. */
  async function startProxy() {
    const target = new URL(REDIS ?? 'redis://127.0.0.1:6379');
    const { hostname } = target;
    const port = Number(target.port || 6379);
    const sockets = new Set<Socket>();
    let up = true;
    const server = createServer((near) => {
      if (!up) return void near.destroy();
      const far = connect(port, hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    target.hostname = '127.0.0.1';
    target.port = String((server.address() as AddressInfo).port);
    return {
      url: target.href,
      cut: () => {
        up = false;
        for (const socket of sockets) socket.destroy();
      },
      mend: () => {
        up = true;
      },
      close: () => new Promise<void>((resolve) => server.close(() => resolve())),
    };
  }

  it('does not block, reports it, and shows no stale view after recovery', async () => {
    const proxy = await startProxy();
    const prefix = `test-${randomUUID()}:`;
    const hot = new RedisHotState(proxy.url, { prefix, patienceMs: 200 });
    const direct = new RedisHotState(REDIS ?? '', { prefix });
    await until(() => hot.healthy() && direct.healthy());
    const heard: string[] = [];
    await hot.subscribe('one', (message) => heard.push(message));
    await hot.subscribePrefix('t', (rest, message) => heard.push(`${rest} ${message}`));
    await hot.put([twin('a', 1)]);

    proxy.cut();
    await until(() => !hot.healthy());
    // Each of these answers while Redis is away.
    await hot.put([twin('a', 2)]);
    await hot.publish([{ channel: 'one', message: 'missed' }]);
    expect(await hot.get(1, 'a')).toBeUndefined();
    expect((await direct.get(1, 'a'))?.version).toBe(1);

    proxy.mend();
    await until(() => hot.healthy());
    await until(async () => (await direct.get(1, 'a')) === undefined);
    await until(() => hot.healthy());
    await hot.put([twin('a', 3)]);
    expect((await direct.get(1, 'a'))?.version).toBe(3);
    await until(async () => {
      await direct.publish([{ channel: 'one', message: 'back' }]);
      await direct.publish([{ channel: 'two', message: 'back' }]);
      return heard.includes('back') && heard.includes('wo back');
    });
    await hot.close();
    await direct.close();
    await proxy.close();
  });
});
