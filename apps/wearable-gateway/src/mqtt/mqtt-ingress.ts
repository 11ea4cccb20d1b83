import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { MqttBroker } from './mqtt-broker.js';
import { MqttSubscriber } from './mqtt-subscriber.js';
import type { Pipeline } from '../pipeline.js';

/** Samples over MQTT: the broker in this process, or with `MQTT_URL` a client of another one. Starts and stops with the process. */
export class MqttIngress implements OnApplicationBootstrap, OnApplicationShutdown {
  private stop: () => Promise<void> = () => Promise.resolve();
  /** Port of the own broker; undefined with an external one. */
  port: number | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly pipeline: Pipeline,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { config, readiness } = this.platform;
    if (config.mqtt.url === undefined) {
      const broker = new MqttBroker(this.platform, this.pipeline);
      this.stop = () => broker.stop();
      this.port = await broker.start();
      readiness.addCheck({
        name: 'mqtt',
        run: () => Promise.resolve(broker.listening() ? undefined : 'not listening'),
      });
      return;
    }
    const subscriber = new MqttSubscriber(this.platform, this.pipeline, config.mqtt.url);
    this.stop = () => subscriber.stop();
    subscriber.start();
    readiness.addCheck({
      name: 'mqtt',
      run: () => Promise.resolve(subscriber.subscribed() ? undefined : 'not subscribed'),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }
}
