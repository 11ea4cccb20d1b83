import { connect as connectTcp } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import { freshSource, SECRET, TestWearableGateway } from '../../../../test/support/wearable-gateway.js';
import { Connections, sample, TOPIC } from './mqtt.fixture.js';

let gateway: TestWearableGateway;
let connections: Connections;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
  connections = new Connections(gateway.mqttUrl);
}, 60_000);
afterEach(() => connections.end());
afterAll(() => gateway.close());

describe('the own broker ends a connection', () => {
  const ended = (publisher: MqttClient): Promise<void> => new Promise((resolve) => publisher.once('close', resolve));
  async function passing(): Promise<string> {
    const id = freshSource();
    await gateway.platform.pool.query(
      `INSERT INTO clients (tenant, id, secret_hash, scopes)
       SELECT tenant, $1, secret_hash, scopes FROM clients WHERE id = 'full'`,
      [id],
    );
    return id;
  }
  async function tokenOf(id: string, lifeMs?: number): Promise<string> {
    const { tokens } = gateway.platform;
    const access = await tokens.verifyClientSecret(id, SECRET);
    if (access === undefined) throw new Error('no client');
    const { token } = await tokens.issue(access);
    if (lifeMs === undefined) return token;
    // As if it had been issued earlier.
    const spy = jest.spyOn(tokens, 'verifyToken').mockResolvedValueOnce({ ...access, expiresAt: Date.now() + lifeMs });
    setTimeout(() => spy.mockRestore(), lifeMs);
    return token;
  }

  it.each([
    ['is disabled', 'disabled_at = now()'],
    ['loses the scope', `scopes = '{rejections.read}'`],
    ['gets another secret', `secret_hash = secret_hash || 'x'`],
  ])('once its client %s, by secret and by token', async (_, change) => {
    const id = await passing();
    const both = [
      await connections.open({ username: id }),
      await connections.open({ username: 'oauth2', password: await tokenOf(id) }),
    ];
    const ends = Promise.all(both.map(ended));
    await gateway.platform.pool.query(`UPDATE clients SET ${change} WHERE id = $1`, [id]);
    await ends;
  });

  it('when its token expires, and no other', async () => {
    const id = await passing();
    const other = await connections.open({ username: id });
    const short = await connections.open({ username: 'oauth2', password: await tokenOf(id, 500) });
    await ended(short);
    expect(other.connected).toBe(true);
  });

  it('that announces a packet of 100 MB, before it comes', async () => {
    const { port } = new URL(gateway.mqttUrl);
    const socket = connectTcp(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write(Buffer.from([0x30, 0x80, 0xc2, 0xd7, 0x2f]));
    await ended;
  });

  it('that speaks something else', async () => {
    const { port } = new URL(gateway.mqttUrl);
    const socket = connectTcp(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await ended;
    await (await connections.open()).publishAsync(TOPIC, JSON.stringify(sample()), { qos: 1 });
  });
});
