import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { reindexSome, removeUnusedTexts } from '#libs/platform/storage';

const STEP = 200;
/** Between steps requests have the connection and the processor. */
const PAUSE_MS = 20;
const LOOK_EVERY_MS = 60_000;
const TEXTS_EVERY_MS = 24 * 60 * 60_000;

/** Indexes for search what software before the index, or an older process beside this one, has stored; and removes texts that nobody has any more. */
export class SearchIndex implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly indexed: ReturnType<Platform['metrics']['counter']>;
  private running: Promise<void> | undefined;
  private textsAt = Date.now() + TEXTS_EVERY_MS;

  constructor(private readonly platform: Pick<Platform, 'pool' | 'logger' | 'metrics'>) {
    this.indexed = platform.metrics.counter(
      'homeostat_fhir_reindexed_total',
      'Resources of earlier versions of this software that were indexed for search',
    );
  }

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
      let pause = LOOK_EVERY_MS;
      try {
        if (await this.step()) pause = PAUSE_MS;
      } catch (error) {
        if (!signal.aborted) this.platform.logger.warn({ err: error }, 'resources were not indexed for search');
      }
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @returns whether there is more to do at once */
  private async step(): Promise<boolean> {
    const { pool } = this.platform;
    const count = await reindexSome(pool, STEP);
    if (count > 0) this.indexed.inc(count);
    if (count === STEP) return true;
    if (Date.now() >= this.textsAt) {
      this.textsAt = Date.now() + TEXTS_EVERY_MS;
      await removeUnusedTexts(pool);
    }
    return false;
  }
}
