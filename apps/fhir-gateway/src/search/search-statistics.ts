import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { analyzeGrown } from '#libs/platform/storage';

const LOOK_EVERY_MS = 5_000;

/** Keeps the database's plans right while its tables grow faster than it notices by itself. */
export class SearchStatistics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly platform: Pick<Platform, 'pool' | 'logger'>) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await analyzeGrown(this.platform.pool);
      } catch (error) {
        if (!signal.aborted) this.platform.logger.warn({ err: error }, 'planner statistics were not refreshed');
      }
    }
  }
}
