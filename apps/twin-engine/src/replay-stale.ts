import type { Pool } from 'pg';
import { TOPICS } from '#libs/contracts';
import type { EventLog } from '#libs/platform/messaging';
import { markReplayed, unreplayedDeadLetters } from '#libs/platform/storage';
import { GROUP } from './group.js';

/** What 60165b8 notes when a migration has changed a column under a prepared statement (`cached plan must not change result type`). */
const STALE_PLAN = 'database error 0A000';
const EVERY_MS = 15_000;
/** A rolling upgrade is over by then. */
const ROUNDS = 60;
const MAX_AT_ONCE = 500;

export interface StaleReplayDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'append'>;
  readonly onReplayed: (records: number) => void;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Engines of 60165b8 dead-letter good records while a newer version migrates the database under them. For a quarter of an hour
 * after a start such records are appended again. First appended, then marked: after a crash between they are appended twice, and measurements that are
 * there already are dropped as duplicates.
 */
export class StaleReplay {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private rounds = 0;

  constructor(private readonly deps: StaleReplayDeps) {}

  start(): void {
    this.timer = setInterval(() => this.run(), EVERY_MS);
    this.timer.unref();
    this.run();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private run(): void {
    this.rounds += 1;
    if (this.rounds >= ROUNDS) clearInterval(this.timer);
    this.running ??= this.round()
      .catch(this.deps.onProblem)
      .finally(() => {
        this.running = undefined;
      });
  }

  private async round(): Promise<void> {
    const { pool, log, onReplayed } = this.deps;
    const stale = await unreplayedDeadLetters(pool, {
      group: GROUP,
      topic: TOPICS.patientInput,
      reason: STALE_PLAN,
      most: MAX_AT_ONCE,
    });
    if (stale.length === 0) return;
    await log.append(stale.map(({ topic, key, value }) => ({ topic, key, value })));
    await markReplayed(pool, stale);
    onReplayed(stale.length);
  }
}
