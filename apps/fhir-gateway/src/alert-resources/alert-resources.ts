import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { TOPICS } from '#libs/contracts';
import { disagreementsOf, mendOffsets, describeDisagreement, type Consumer } from '#libs/platform/messaging';
import type { Platform } from '#libs/platform/runtime';
import { communicate, MAX_TAKEN } from './communicate.js';
import { fillIn, fillInAgain } from './fill-in.js';
import { followAlerts, OFFSETS } from './follow-alerts.js';
import type { Written } from './write-alerts.js';

const LOOK_EVERY_MS = 1_000;
const AFTER_TROUBLE_MS = 5_000;

/** Alerts and their deliveries as resources of `/fhir/r4`: starts and stops with the process. */
export class AlertResources implements OnApplicationBootstrap, OnApplicationShutdown {
  private consumer: Consumer | undefined;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[] = [];
  private readonly resources: ReturnType<Platform['metrics']['counter']>;
  private readonly unreadable: ReturnType<Platform['metrics']['counter']>;
  private readonly lag: ReturnType<Platform['metrics']['gauge']>;

  constructor(private readonly platform: Platform) {
    const { metrics } = platform;
    this.resources = metrics.counter(
      'homeostat_fhir_made_resources_total',
      'Versions of resources made from alerts and deliveries',
      ['type'],
    );
    this.unreadable = metrics.counter(
      'homeostat_fhir_alerts_unreadable_total',
      'Alert records that could not become resources',
    );
    this.lag = metrics.gauge(
      'homeostat_fhir_alert_lag_records',
      'Alert records that are not resources of the FHIR API yet',
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const { pool, log, readiness } = this.platform;
    await this.agree();
    const consumer = await followAlerts({
      pool,
      log,
      now: Date.now,
      onWritten: (written, unreadable) => {
        this.count(written);
        if (unreadable > 0) this.unreadable.inc(unreadable);
      },
      onFailed: (reason) => this.platform.fail(reason),
    });
    this.consumer = consumer;
    readiness.addCheck({ name: 'alerts as resources', optional: true, run: () => this.look(consumer) });
    this.running.push(this.fill(), this.followDeliveries());
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.consumer?.stop(), ...this.running]);
  }

  /** What is gone from the log is in the tables: the follower goes on with what there is, and the gap is filled in. */
  private async agree(): Promise<void> {
    const { pool, log, logger } = this.platform;
    const found = await disagreementsOf(pool, log, OFFSETS);
    if (found.length === 0) return;
    for (const one of found)
      logger.warn(
        { group: OFFSETS.group, partition: one.partition, reason: describeDisagreement(one) },
        'alerts are filled in anew',
      );
    await fillInAgain(pool);
    await mendOffsets(pool, log, OFFSETS);
  }

  private async fill(): Promise<void> {
    const { pool, logger } = this.platform;
    await this.untilDone(async () => {
      const onWritten = (written: Written): void => this.count(written);
      const alerts = await fillIn({ pool, now: Date.now, signal: this.stopping.signal, onWritten });
      if (alerts !== undefined) logger.info({ count: alerts }, 'alerts were filled in as resources');
      return true;
    });
  }

  private followDeliveries(): Promise<void> {
    return this.untilDone(async () => {
      const { taken, written } = await communicate(this.platform.pool, Date.now());
      this.count(written);
      if (taken < MAX_TAKEN) await this.pause(LOOK_EVERY_MS);
      return false;
    });
  }

  /** Repeats work until it is done or the process stops; what fails is tried again after a while. */
  private async untilDone(work: () => Promise<boolean>): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (await work()) return;
      } catch (error) {
        this.platform.logger.warn({ err: error }, 'alerts as resources were interrupted');
        await this.pause(AFTER_TROUBLE_MS);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }

  /** Publishes the lag of this member's partitions; says when the follower does not run. */
  private async look(consumer: Consumer): Promise<string | undefined> {
    const { pool, log } = this.platform;
    const state = consumer.state();
    if (state.kind !== 'running') return state.kind === 'failed' ? `failed: ${state.reason}` : state.kind;
    const [ends, applied] = await Promise.all([log.ends(TOPICS.alerts), OFFSETS.read(pool)]);
    const assigned = new Set(consumer.assigned());
    const lag = ends
      .filter(({ partition }) => assigned.has(partition))
      .reduce((sum, { partition, first, next }) => sum + Number(next - (applied.get(partition) ?? first)), 0);
    this.lag.set(lag);
    return undefined;
  }

  private count(written: Written): void {
    for (const [type, versions] of written) this.resources.inc({ type }, versions);
  }
}
