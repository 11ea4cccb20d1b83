import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { type RejectionsPage, samplesTopic } from '#libs/contracts';
import { LogFullError } from '#libs/platform/messaging';
import { until } from '#libs/testing';
import { freshSource, SECRET, TestWearableGateway } from '../../../../test/support/wearable-gateway.js';

const TOPIC = samplesTopic('t1', 'p1');
let gateway: TestWearableGateway;
const clients: MqttClient[] = [];
let minute = 0;

beforeAll(async () => {
  gateway = await TestWearableGateway.open();
}, 60_000);
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
});
afterAll(() => gateway.close());

async function client(options: IClientOptions = {}): Promise<MqttClient> {
  const made = await connectAsync(gateway.mqttUrl, {
    username: 'full',
    password: SECRET,
    reconnectPeriod: 0,
    ...options,
  });
  made.on('error', () => undefined);
  clients.push(made);
  return made;
}

function sample(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  minute += 1;
  const effectiveAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  return { code: 'heart-rate', value: 72, unit: '/min', effectiveAt, ...over };
}

async function lastRejection(): Promise<RejectionsPage['items'][number] | undefined> {
  return (await gateway.get<RejectionsPage>('/v1/rejections?limit=1')).body.items[0];
}

describe('MQTT with the own broker', () => {
  it('acknowledges QoS 1 and 2 when the samples are in the log', async () => {
    const source = freshSource();
    const publisher = await client();
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    expect(await gateway.logged(source)).toBe(1);
    await publisher.publishAsync(
      TOPIC,
      `${JSON.stringify(sample({ source }))}\n${JSON.stringify(sample({ source }))}`,
      { qos: 2 },
    );
    expect(await gateway.logged(source)).toBe(3);
    await publisher.publishAsync(TOPIC, JSON.stringify([sample({ source })]), { qos: 0 });
    await until(async () => (await gateway.logged(source)) === 4);
  });

  it('sends no PUBACK while the log has not answered', async () => {
    const publisher = await client();
    const { log } = gateway.platform;
    const append = log.append.bind(log);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const spy = jest.spyOn(log, 'append').mockImplementation(async (records) => held.then(() => append(records)));
    let acknowledged = false;
    const published = publisher
      .publishAsync(TOPIC, JSON.stringify(sample()), { qos: 1 })
      .then(() => (acknowledged = true));
    await sleep(200);
    expect([spy.mock.calls.length, acknowledged]).toEqual([1, false]);
    release();
    await published;
    spy.mockRestore();
  });

  it('holds the message up while the log is full, and loses nothing', async () => {
    const source = freshSource();
    const publisher = await client();
    const spy = jest
      .spyOn(gateway.platform.log, 'append')
      .mockRejectedValueOnce(new LogFullError(0.1))
      .mockRejectedValueOnce(new LogFullError(0.1));
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    expect(spy.mock.calls.length).toBe(3);
    expect(await gateway.logged(source)).toBe(1);
    spy.mockRestore();
  });

  it('closes the connection without PUBACK when the log fails; the repeated message is taken', async () => {
    const source = freshSource();
    const publisher = await client({ reconnectPeriod: 50, clean: false, clientId: freshSource() });
    const spy = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new Error('the log is away'));
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    expect(spy.mock.calls.length).toBe(2);
    expect(await gateway.logged(source)).toBe(1);
    spy.mockRestore();
  });

  it('takes many messages at once', async () => {
    const source = freshSource();
    const publisher = await client();
    await Promise.all(
      Array.from({ length: 1_000 }, () =>
        publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 }),
      ),
    );
    expect(await gateway.logged(source)).toBe(1_000);
  });

  it('holds up a sender that is over its limit, and nobody else, and loses nothing', async () => {
    const limited = await TestWearableGateway.open({ RATE_LIMIT_CLIENT: '1' });
    const connect = (username: string) => connectAsync(limited.mqttUrl, { username, password: SECRET });
    const [busy, other] = await Promise.all([connect('full'), connect('stranger')]);
    const source = freshSource();
    let acknowledged = 0;
    const sent = Array.from({ length: 13 }, async () => {
      await busy.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
      acknowledged += 1;
    });
    await until(() => acknowledged === 10);
    await other.publishAsync(samplesTopic('t2', 'p9'), JSON.stringify(sample()), { qos: 1 });
    expect(acknowledged).toBe(10);
    await Promise.all(sent);
    expect(await limited.logged(source)).toBe(13);
    await Promise.all([busy.endAsync(true), other.endAsync(true)]);
    await limited.close();
  }, 60_000);

  it('takes an access token with the user name oauth2', async () => {
    const publisher = await client({ username: 'oauth2', password: gateway.tokens.full });
    await publisher.publishAsync(TOPIC, JSON.stringify(sample()), { qos: 1 });
  });

  describe('ends a connection', () => {
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
      const spy = jest
        .spyOn(tokens, 'verifyToken')
        .mockResolvedValueOnce({ ...access, expiresAt: Date.now() + lifeMs });
      setTimeout(() => spy.mockRestore(), lifeMs);
      return token;
    }

    it.each([
      ['is disabled', 'disabled_at = now()'],
      ['loses the scope', `scopes = '{rejections.read}'`],
      ['gets another secret', `secret_hash = secret_hash || 'x'`],
    ])(
      'once its client %s, by secret and by token',
      async (_, change) => {
        const id = await passing();
        const connections = [
          await client({ username: id }),
          await client({ username: 'oauth2', password: await tokenOf(id) }),
        ];
        const ends = Promise.all(connections.map(ended));
        await gateway.platform.pool.query(`UPDATE clients SET ${change} WHERE id = $1`, [id]);
        await ends;
      },
    );

    it('when its token expires, and no other', async () => {
      const id = await passing();
      const other = await client({ username: id });
      const short = await client({ username: 'oauth2', password: await tokenOf(id, 500) });
      await ended(short);
      expect(other.connected).toBe(true);
    });
  });

  it.each<[string, IClientOptions, number]>([
    ['without user name', { username: undefined, password: undefined } as unknown as IClientOptions, 4],
    ['with a wrong secret', { password: 'wrong' }, 4],
    ['with a forged token', { username: 'oauth2', password: 'x.y.z' }, 4],
    ['without the scope', { username: 'reader' }, 5],
  ])('refuses a client %s', async (_, options, code) => {
    await expect(client(options)).rejects.toMatchObject({ code });
  });

  it.each<[string, string, string | Buffer, object, string]>([
    ['malformed JSON', TOPIC, '{"code":', {}, 'malformed-json'],
    ['an empty payload', TOPIC, '', {}, 'malformed-json'],
    ['no UTF-8', TOPIC, Buffer.from([0xff, 0xfe]), {}, 'malformed-json'],
    ['an impossible value', TOPIC, JSON.stringify(sample({ value: 999 })), {}, 'impossible-value'],
    ['another patient than the topic', TOPIC, JSON.stringify(sample({ patient: 'p2' })), {}, 'patient-mismatch'],
    [
      'a device of another patient',
      TOPIC,
      JSON.stringify(sample({ patient: 'p2', device: 'd1' })),
      {},
      'patient-mismatch',
    ],
    ['an unknown patient', 'homeostat/t1/patients/nobody/samples', JSON.stringify(sample()), {}, 'unknown-patient'],
    ['a retained message', TOPIC, JSON.stringify(sample()), { retain: true }, 'retained-message'],
    ['a wrong topic', 'vitals/p1', JSON.stringify(sample()), {}, 'topic-invalid'],
    ['a topic with SQL', "homeostat/t1/patients/p1'--/samples", JSON.stringify(sample()), {}, 'topic-invalid'],
  ])('lists and counts %s, and acknowledges it', async (_, topic, payload, options, code) => {
    const source = freshSource();
    const publisher = await client();
    const counted = await gateway.metric(`homeostat_samples_rejected_total{reason="${code}"`);
    await publisher.publishAsync(topic, payload, { qos: 1, ...options });
    expect(await lastRejection()).toMatchObject({ door: 'mqtt', client: 'full', code });
    expect(await gateway.metric(`homeostat_samples_rejected_total{reason="${code}"`)).toBe(counted + 1);
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    expect(await gateway.logged(source)).toBe(1);
  });

  it("closes the connection of a client that writes to another tenant's topic", async () => {
    const source = freshSource();
    const publisher = await client();
    const closed = new Promise<void>((resolve) => publisher.once('close', () => resolve()));
    publisher.publish('homeostat/t2/patients/p9/samples', JSON.stringify(sample({ source })), { qos: 1 });
    await closed;
    expect(await gateway.logged(source)).toBe(0);
    expect(await lastRejection()).toMatchObject({ client: 'full', code: 'topic-invalid' });
  });

  it('lets nobody subscribe', async () => {
    const listener = await client();
    const granted = await listener.subscribeAsync('homeostat/#', { qos: 1 }).catch((error: Error) => error);
    expect(granted).toBeInstanceOf(Error);
  });

  it('keeps the client ids of different clients apart', async () => {
    const clientId = freshSource();
    const first = await client({ clientId });
    const second = await connectAsync(gateway.mqttUrl, {
      username: 'stranger',
      password: SECRET,
      clientId,
      reconnectPeriod: 0,
    });
    clients.push(second);
    await sleep(100);
    expect([first.connected, second.connected]).toEqual([true, true]);
  });

  it('ends a connection that announces a packet of 100 MB, before it comes', async () => {
    const { port } = new URL(gateway.mqttUrl);
    const socket = connectTcp(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write(Buffer.from([0x30, 0x80, 0xc2, 0xd7, 0x2f]));
    await ended;
  });

  it('ends a connection that speaks something else', async () => {
    const { port } = new URL(gateway.mqttUrl);
    const socket = connectTcp(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await ended;
    await (await client()).publishAsync(TOPIC, JSON.stringify(sample()), { qos: 1 });
  });
});
