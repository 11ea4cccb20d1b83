import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TOPICS } from '#libs/contracts';
import { requireAgreement, type Consumer } from '#libs/platform/messaging';
import { STAGE_BUCKETS } from '#libs/platform/telemetry';
import type { Platform } from '#libs/platform/runtime';
import { LaneStore, WebhookStore, type DueMessage } from '#libs/platform/delivery';
import { Lanes } from './lanes/lanes.js';
import type { AttemptTimes, SentOutcome } from './lanes/attempt-result.js';
import { warmUp } from './warm-up.js';
import { GROUP, OFFSETS, startPipeline, type PipelineDeps } from './pipeline.js';

/** Starts and stops the dispatcher with the process. */
class Dispatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private consumer: Consumer | undefined;
  private readonly lanes: Lanes;
  private readonly deadLetters: ReturnType<Platform['metrics']['counter']>;
  private readonly stages: ReturnType<Platform['metrics']['histogram']>;

  constructor(private readonly platform: Platform) {
    this.deadLetters = platform.metrics.counter(
      'homeostat_dispatcher_dead_letters_total',
      'Alert records that could not be read',
    );
    this.stages = platform.metrics.histogram(
      'homeostat_delivery_stage_seconds',
      'Time of a webhook by stage: queue (from its row to its first attempt), look (the last part of it: for what is due), answer (of each attempt)',
      STAGE_BUCKETS,
      ['stage'],
    );
    this.lanes = new Lanes({
      databaseUrl: platform.databaseUrl,
      webhooks: new WebhookStore(platform.pool, platform.box),
      store: new LaneStore(platform.pool, platform.box),
      rules: { allowedHosts: platform.config.webhookAllowedHosts },
      now: Date.now,
      onSent: (message, outcome, attempt) => this.count(message, outcome, attempt),
      onLooked: (milliseconds) => this.stages.observe({ stage: 'look' }, milliseconds / 1000),
      onProblem: (problem) => platform.logger.warn({ err: problem }, 'webhook lanes were interrupted'),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { pool, log, readiness } = this.platform;
    await requireAgreement(pool, log, OFFSETS);
    this.platform.rehearse(() => warmUp(pool));
    await this.lanes.start();
    const consumer = await startPipeline({
      pool,
      log,
      now: Date.now,
      onDeadLetters: (deadLetters) => this.report(deadLetters),
      onFailed: (reason) => this.platform.fail(reason),
    });
    this.consumer = consumer;
    readiness.addConsumer({ group: GROUP, topic: TOPICS.alerts, consumer, applied: () => OFFSETS.read(pool) });
    readiness.addCheck({
      name: 'webhook lanes',
      run: () => Promise.resolve(this.lanes.healthy() ? undefined : 'no connection to the database'),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer?.stop(), this.lanes.stop()]);
  }

  private count(
    { receivedAt, queuedAt, attempts }: DueMessage,
    outcome: SentOutcome,
    { at, answeredAt }: AttemptTimes,
  ): void {
    const { webhookDeliveries, ingestToWebhook } = this.platform.metrics;
    webhookDeliveries.inc({ outcome });
    if (attempts === 0) this.stages.observe({ stage: 'queue' }, Math.max(0, at - queuedAt) / 1000);
    this.stages.observe({ stage: 'answer' }, (answeredAt - at) / 1000);
    if (outcome === 'delivered' && receivedAt !== null) {
      ingestToWebhook.observe(Math.max(0, answeredAt - receivedAt) / 1000);
    }
  }

  private report(deadLetters: Parameters<PipelineDeps['onDeadLetters']>[0]): void {
    this.deadLetters.inc(deadLetters.length);
    for (const { record, reason } of deadLetters) {
      const { topic, partition, offset } = record;
      this.platform.logger.error(
        { group: GROUP, topic, partition, offset, reason },
        'alert record became a dead letter',
      );
    }
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
