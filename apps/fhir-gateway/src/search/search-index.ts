import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Platform } from '#libs/platform/runtime';
import { analyzeGrown, reindexSome, removeUnusedTexts } from '#libs/platform/storage';

const STEP = 200;
/** Between steps requests have the connection and the processor. */
const PAUSE_MS = 20;
const REINDEX_EVERY_MS = 60_000;
const ANALYZE_EVERY_MS = 5_000;
const TEXTS_EVERY_MS = 24 * 60 * 60_000;

/**
 * Keeps the search index: indexes what software before the index, or an older process beside this one, has stored; removes texts that nobody
 * has any more; keeps the plans of the database right while its tables grow faster than it notices by itself.
 */
export class SearchIndex implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly indexed: ReturnType<Platform['metrics']['counter']>;
  private running: readonly Promise<void>[] = [];
  private textsAt = Date.now() + TEXTS_EVERY_MS;

  constructor(private readonly platform: Pick<Platform, 'pool' | 'logger' | 'metrics'>) {
    this.indexed = platform.metrics.counter(
      'homeostat_fhir_reindexed_total',
      'Resources of earlier versions of this software that were indexed for search',
    );
  }

  onApplicationBootstrap(): void {
    this.running = [
      this.repeat(REINDEX_EVERY_MS, 'resources were not indexed for search', () => this.reindex()),
      this.repeat(ANALYZE_EVERY_MS, 'planner statistics were not refreshed', () => this.analyze()),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  /** @param step answers whether there is more to do at once */
  private async repeat(everyMs: number, failure: string, step: () => Promise<boolean>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      let pause = everyMs;
      try {
        if (await step()) pause = PAUSE_MS;
      } catch (error) {
        if (!signal.aborted) this.platform.logger.warn({ err: error }, failure);
      }
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async reindex(): Promise<boolean> {
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

  private async analyze(): Promise<boolean> {
    await analyzeGrown(this.platform.pool);
    return false;
  }
}
