import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import type { RejectionsPage } from '#libs/contracts';
import { until } from '#libs/testing';
import { freshSource, TestWearableGateway } from '../../../../test/support/wearable-gateway.js';
import { MqttIngress } from './mqtt-ingress.js';
import { sample, TOPIC } from './mqtt.fixture.js';

let gateway: TestWearableGateway;
let publisher: MqttClient;
let url: string;

beforeAll(async () => {
  const broker = process.env['MQTT_URL'];
  if (broker === undefined) throw new Error('MQTT_URL is not set: this suite needs a Mosquitto');
  // A session of its own, so that suites which share the broker do not take each other's messages.
  url = `${broker}?clientId=${freshSource()}`;
  gateway = await TestWearableGateway.open({ MQTT_URL: url });
  publisher = await connectAsync(broker);
  await until(async () => (await gateway.platform.readiness.report()).status === 'ready');
}, 60_000);
afterAll(async () => {
  await publisher.endAsync();
  await gateway.close();
  const forgets = await connectAsync(url, { clean: true });
  await forgets.endAsync();
});

describe('MQTT with Mosquitto', () => {
  it('takes samples under the tenant of the topic', async () => {
    const source = freshSource();
    await publisher.publishAsync(TOPIC, JSON.stringify([sample({ source })]), { qos: 1 });
    await until(async () => (await gateway.logged(source)) === 1);
    await publisher.publishAsync('homeostat/t2/patients/p9/samples', JSON.stringify(sample({ source })), { qos: 1 });
    await until(async () => (await gateway.logged(source)) === 2);
    const tenants = (await gateway.records())
      .filter((record) => record.source === source)
      .map((record) => record.tenant);
    expect(new Set(tenants).size).toBe(2);
  });

  it('takes many messages at once, in order', async () => {
    const source = freshSource();
    const samples = Array.from({ length: 500 }, () => sample({ source }));
    await Promise.all(samples.map((one) => publisher.publishAsync(TOPIC, JSON.stringify(one), { qos: 1 })));
    await until(async () => (await gateway.logged(source)) === 500);
    const times = (await gateway.records())
      .filter((record) => record.source === source)
      .flatMap((record) => record.samples.map(({ t }) => t));
    expect(times).toEqual(samples.map((one) => Date.parse(one['effectiveAt'] as string)));
  }, 20_000);

  it('acknowledges only what the log has: what failed is delivered again', async () => {
    const source = freshSource();
    const failing = jest.spyOn(gateway.platform.log, 'append').mockRejectedValueOnce(new Error('the log is away'));
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    await until(async () => (await gateway.logged(source)) === 1);
    expect(failing.mock.calls.length).toBeGreaterThanOrEqual(2);
    failing.mockRestore();
  }, 15_000);

  it('lists a bad message and a wrong patient, and takes the next', async () => {
    const source = freshSource();
    await publisher.publishAsync(TOPIC, 'hello', { qos: 1 });
    await publisher.publishAsync('homeostat/t1/patients/nobody/samples', JSON.stringify(sample()), { qos: 1 });
    await publisher.publishAsync('homeostat/no-tenant/patients/p1/samples', JSON.stringify(sample()), { qos: 1 });
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    await until(async () => (await gateway.logged(source)) === 1);
    await until(async () => {
      const { body } = await gateway.get<RejectionsPage>('/v1/rejections?limit=10');
      const codes = body.items.filter((item) => item.door === 'mqtt').map((item) => item.code);
      return codes.includes('malformed-json') && codes.includes('unknown-patient');
    });
  });

  it('finds what was published while it was away', async () => {
    const source = freshSource();
    const mqtt = gateway.server.app.get(MqttIngress);
    await mqtt.onApplicationShutdown();
    await publisher.publishAsync(TOPIC, JSON.stringify(sample({ source })), { qos: 1 });
    await sleep(100);
    expect(await gateway.logged(source)).toBe(0);
    await mqtt.onApplicationBootstrap();
    await until(async () => (await gateway.logged(source)) === 1);
  }, 30_000);
});
