import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { FetchRefusedError } from '#libs/platform/outbound';
import { RemoteKeys, type KeyServer } from './remote-keys.js';

const MINUTE = 60_000;

let jwk: JWK;
beforeAll(async () => {
  const { publicKey } = await generateKeyPair('ES384', { extractable: true });
  jwk = { ...(await exportJWK(publicKey)), kid: 'a' };
});

/** Keys by URL, a clock that stands still, and questions that are answered when the test says so. */
function rig() {
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const servers = { answer: (_url: string): Promise<unknown> => Promise.resolve({ keys: [jwk] }) };
  const keys = new RemoteKeys(
    ['ES384', 'RS384'],
    () => clock.now,
    (url) => {
      asked.push(url.pathname);
      return servers.answer(url.pathname);
    },
  );
  const find = async (path: string, kid = 'a', owner = 'north'): Promise<number | string> => {
    const server: KeyServer = { url: new URL(`https://keys.example${path}`), trusted: false, owner };
    try {
      return (await keys.find(server, { alg: 'ES384', kid })).length;
    } catch (error) {
      return (error as Error).message;
    }
  };
  return { clock, asked, servers, find };
}

describe('keys at a URL', () => {
  it('are cached for five minutes', async () => {
    const { clock, asked, find } = rig();
    for (let minute = 0; minute < 5; minute += 1) {
      expect(await find('/a')).toBe(1);
      clock.now += MINUTE;
    }
    expect(asked).toHaveLength(1);
    expect(await find('/a')).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it('are not cached longer when their server is away', async () => {
    const { clock, servers, find } = rig();
    expect(await find('/a')).toBe(1);
    servers.answer = () => Promise.reject(new FetchRefusedError('answered 500'));
    clock.now += 4 * MINUTE;
    expect([await find('/a'), await find('/a', 'b')]).toEqual([1, 0]);
    clock.now += MINUTE;
    expect(await find('/a')).toBe('answered 500');
  });

  it('are asked for again after a failure, every three seconds', async () => {
    const { clock, asked, servers, find } = rig();
    servers.answer = () => Promise.reject(new Error('any other'));
    expect(await find('/a')).toBe('no answer');
    servers.answer = () => Promise.resolve({ keys: [jwk] });
    expect(await find('/a')).toBe('no answer');
    clock.now += 3_000;
    expect(await find('/a')).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it('are asked for once, however many wait', async () => {
    const { asked, find } = rig();
    expect(await Promise.all([find('/a'), find('/a'), find('/a', 'b')])).toEqual([1, 1, 0]);
    expect(asked).toHaveLength(1);
  });

  it('that are known are given while others are asked for', async () => {
    const { clock, servers, find } = rig();
    expect(await find('/a')).toBe(1);
    clock.now += 3_000;
    servers.answer = () => new Promise(() => undefined);
    void find('/a', 'unknown');
    expect(await find('/a')).toBe(1);
  });

  it("wait for at most eight servers of one tenant, and take none of another's places", async () => {
    const { servers, asked, find } = rig();
    servers.answer = (path) =>
      path.startsWith('/slow') ? new Promise(() => undefined) : Promise.resolve({ keys: [jwk] });
    for (let n = 0; n < 20; n += 1) void find(`/slow${n}`);
    expect(asked).toHaveLength(8);
    expect(await find('/good')).toContain('too many key servers are slow');
    expect(await find('/good', 'a', 'south')).toBe(1);
  });

  it('are remembered for a thousand URLs', async () => {
    const { asked, find } = rig();
    for (let n = 0; n <= 1_000; n += 1) await find(`/${n}`);
    await find('/1000');
    expect(asked).toHaveLength(1_001);
    await find('/0');
    expect(asked).toHaveLength(1_002);
  });
});
