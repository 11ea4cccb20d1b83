import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TOPICS } from '#libs/contracts';
import type { Consumer } from '#libs/platform/messaging';
import type { Platform } from '#libs/platform/runtime';
import { DeliveryStore, WebhookStore, type Delivery } from '#libs/platform/webhooks';
import { Lanes } from './lanes.js';
import { appliedOffsets, GROUP, startPipeline } from './pipeline.js';

/** Starts and stops the dispatcher with the process. */
class Dispatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private consumer: Consumer | undefined;
  private readonly lanes: Lanes;

  constructor(private readonly platform: Platform) {
    this.lanes = new Lanes({
      pool: platform.pool,
      databaseUrl: platform.databaseUrl,
      webhooks: new WebhookStore(platform.pool),
      deliveries: new DeliveryStore(platform.pool),
      rules: { allowedHosts: platform.config.webhookAllowedHosts },
      now: Date.now,
      onSent: (delivery, outcome, at) => this.count(delivery, outcome, at),
      onProblem: (problem) => platform.logger.warn({ err: problem }, 'webhook lanes were interrupted'),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { pool, log, readiness } = this.platform;
    await this.lanes.start();
    const consumer = await startPipeline({ pool, log, now: Date.now });
    this.consumer = consumer;
    readiness.addConsumer({ group: GROUP, topic: TOPICS.alerts, consumer, applied: () => appliedOffsets(pool) });
    readiness.addCheck({
      name: 'webhook lanes',
      run: () => Promise.resolve(this.lanes.healthy() ? undefined : 'no connection to the database'),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer?.stop(), this.lanes.stop()]);
  }

  private count(delivery: Delivery, outcome: string, at: number): void {
    const { webhookDeliveries, ingestToWebhook } = this.platform.metrics;
    webhookDeliveries.inc({ outcome });
    if (outcome !== 'delivered' || delivery.attempts > 0 || !delivery.type.startsWith('alert.')) return;
    const { timestamp } = JSON.parse(delivery.body) as { timestamp: string };
    ingestToWebhook.observe(Math.max(0, at - Date.parse(timestamp)) / 1000);
  }
}

@Module({})
export class AlertDispatcherModule {
  static forRoot(platform: Platform): DynamicModule {
    return {
      module: AlertDispatcherModule,
      providers: [{ provide: Dispatcher, useFactory: () => new Dispatcher(platform) }],
    };
  }
}
