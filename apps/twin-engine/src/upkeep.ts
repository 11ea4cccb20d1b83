import type { Pool } from 'pg';
import { TOPICS } from '#libs/contracts';
import { pruneLog } from '#libs/platform/messaging';
import { makePartitions, removeOldMeasurements } from '#libs/platform/storage';

export interface UpkeepDeps {
  readonly pool: Pool;
  /** Days that measurements are kept; 0 for ever. */
  readonly keepDays: number;
  /** Days that applied records of the Postgres log are kept; with Kafka its own retention rules, and the relay prunes. */
  readonly keepLogDays: number | undefined;
  readonly now: () => number;
  readonly onDone: (done: object) => void;
  readonly onProblem: (error: unknown) => void;
}

const EVERY_MS = 60 * 60_000;
const DAY = 24 * 60 * 60_000;

/** Hourly: partitions for the months to come, and what is older than it is to be kept goes. Any number of engines may do it. */
export class Upkeep {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: UpkeepDeps) {}

  /** Makes partitions at once, before anything is written; the rest follows in the background. */
  async start(): Promise<void> {
    await makePartitions(this.deps.pool, this.deps.now()).catch(this.deps.onProblem);
    this.timer = setInterval(() => this.run(), EVERY_MS);
    this.timer.unref();
    this.run();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private run(): void {
    this.running ??= this.once()
      .then(this.deps.onDone, this.deps.onProblem)
      .finally(() => {
        this.running = undefined;
      });
  }

  private async once(): Promise<object> {
    const { pool, keepDays, keepLogDays, now } = this.deps;
    const made = await makePartitions(pool, now());
    const removed = keepDays === 0 ? undefined : await removeOldMeasurements(pool, now(), keepDays);
    // Answers to repeated requests: twin-api gives them for 24 hours.
    await pool.query(`DELETE FROM idempotency_keys WHERE at < now() - interval '24 hours'`);
    let pruned = 0;
    if (keepLogDays !== undefined)
      for (const topic of [TOPICS.patientInput, TOPICS.alerts])
        pruned += await pruneLog(pool, { topic, olderThanMs: keepLogDays * DAY });
    return { made, removed, pruned };
  }
}
