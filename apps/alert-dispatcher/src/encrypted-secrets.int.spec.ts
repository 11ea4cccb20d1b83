import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseEncryptionKeys, type EncryptionKeys } from '#libs/platform/config';
import { reencryptSecrets, SecretBox } from '#libs/platform/secrets';
import { ofSuite, until } from '#libs/testing';
import { DispatcherBench, record } from './dispatcher.fixture.js';

const KEY_1 = `k1:${randomBytes(32).toString('base64')}`;
const KEY_2 = `k2:${randomBytes(32).toString('base64')}`;

function boxOf(keys: string): SecretBox {
  return new SecretBox(parseEncryptionKeys(keys) as EncryptionKeys);
}

describe('the dispatcher with encrypted secrets', () => {
  const bench = ofSuite(() => DispatcherBench.open());
  afterEach(() => bench.clear());

  it('delivers with a valid signature what waited while the key that encrypts secrets was rotated', async () => {
    const [one, both, two] = [boxOf(KEY_1), boxOf(`${KEY_2},${KEY_1}`), boxOf(KEY_2)];
    const { receiver } = await bench.subscribe();
    await reencryptSecrets(bench.pool, one);
    receiver.answer = 503;
    const before = await bench.dispatch(one);
    await bench.append(record(randomUUID(), 'raised'));
    await until(() => receiver.requests >= 1);
    await before.consumer.stop();
    await before.lanes.stop();
    await reencryptSecrets(bench.pool, both);
    receiver.answer = 200;
    await bench.dispatch(two);
    await receiver.waitFor((all) => all.length === 1, 15_000);
  }, 30_000);

  it('without the key sends nothing, loses nothing and says why; with it the message goes out', async () => {
    const { id, receiver } = await bench.subscribe();
    await reencryptSecrets(bench.pool, boxOf(KEY_1));
    const without = await bench.dispatch(boxOf(KEY_2));
    await bench.append(record(randomUUID(), 'raised'));
    await until(() => without.problems.length > 0);
    expect(without.problems[0]?.message).toBe('a secret is encrypted by the key k1, which is not given');
    await without.consumer.stop();
    await without.lanes.stop();
    expect(receiver.requests).toBe(0);
    expect((await bench.deliveries.list(1, id, { limit: 10 })).items).toMatchObject([
      { status: 'pending', attempts: 0 },
    ]);
    await bench.dispatch(boxOf(KEY_1));
    await receiver.waitFor((all) => all.length === 1, 15_000);
  }, 30_000);
});
