import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type IClientOptions } from 'mqtt';
import { type RejectionsPage, samplesTopic } from '#libs/contracts';
import { LogFullError } from '#libs/platform/messaging';
import { until } from '#libs/testing';
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

async function lastRejection(): Promise<RejectionsPage['items'][number] | undefined> {
  return (await gateway.get<RejectionsPage>('/v1/rejections?limit=1')).body.items[0];
}

describe('MQTT with the own broker', () => {
  it('acknowledges QoS 1 and 2 when the samples are in the log', async () => {
    const source = freshSource();
    const publisher = await connections.open();
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
    const publisher = await connections.open();
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
    const publisher = await connections.open();
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
    const publisher = await connections.open({ reconnectPeriod: 50, clean: false, clientId: freshSource() });
    const spy = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new Error('the log is away'));
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    expect(spy.mock.calls.length).toBe(2);
    expect(await gateway.logged(source)).toBe(1);
    spy.mockRestore();
  });

  it('takes many messages at once', async () => {
    const source = freshSource();
    const publisher = await connections.open();
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
    const publisher = await connections.open({ username: 'oauth2', password: gateway.tokens.full });
    await publisher.publishAsync(TOPIC, JSON.stringify(sample()), { qos: 1 });
  });

  it.each<[string, IClientOptions, number]>([
    ['without user name', { username: undefined, password: undefined } as unknown as IClientOptions, 4],
    ['with a wrong secret', { password: 'wrong' }, 4],
    ['with a forged token', { username: 'oauth2', password: 'x.y.z' }, 4],
    ['without the scope', { username: 'reader' }, 5],
  ])('refuses a client %s', async (_, options, code) => {
    await expect(connections.open(options)).rejects.toMatchObject({ code });
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
    const publisher = await connections.open();
    const counted = await gateway.metric(`homeostat_samples_rejected_total{reason="${code}"`);
    await publisher.publishAsync(topic, payload, { qos: 1, ...options });
    expect(await lastRejection()).toMatchObject({ door: 'mqtt', client: 'full', code });
    expect(await gateway.metric(`homeostat_samples_rejected_total{reason="${code}"`)).toBe(counted + 1);
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    expect(await gateway.logged(source)).toBe(1);
  });

  it("closes the connection of a client that writes to another tenant's topic", async () => {
    const source = freshSource();
    const publisher = await connections.open();
    const closed = new Promise<void>((resolve) => publisher.once('close', () => resolve()));
    publisher.publish('homeostat/t2/patients/p9/samples', JSON.stringify(sample({ source })), { qos: 1 });
    await closed;
    expect(await gateway.logged(source)).toBe(0);
    expect(await lastRejection()).toMatchObject({ client: 'full', code: 'topic-invalid' });
  });

  it('lets nobody subscribe', async () => {
    const listener = await connections.open();
    const granted = await listener.subscribeAsync('homeostat/#', { qos: 1 }).catch((error: Error) => error);
    expect(granted).toBeInstanceOf(Error);
  });

  it('keeps the client ids of different clients apart', async () => {
    const clientId = freshSource();
    const first = await connections.open({ clientId });
    const second = await connections.open({ username: 'stranger', clientId });
    await sleep(100);
    expect([first.connected, second.connected]).toEqual([true, true]);
  });
});
