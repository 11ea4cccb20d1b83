import pg from 'pg';
import type { Pool } from 'pg';
import { lanesWithPending } from '#libs/platform/webhooks';
import { Lane, type LaneDeps } from './lane.js';

export interface LanesDeps extends LaneDeps {
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly onProblem: (problem: Error) => void;
}

const LOOK_EVERY_MS = 1000;
const RECONNECT_AFTER_MS = 500;
const CHANNEL = 'webhook_lanes';

/**
 * The lanes this dispatcher serves. A lane is served by the dispatcher that holds its advisory lock; the locks live on one
 * connection, so that a dispatcher that dies frees its lanes at once and another takes them. The same connection hears of
 * new messages; a look at the table every second finds what a lost notification or a dead dispatcher left.
 */
export class Lanes {
  private readonly running = new Map<string, { lane: Lane; done: Promise<void> }>();
  private connection: pg.Client | undefined;
  private stopping = false;
  private looking: NodeJS.Timeout | undefined;

  constructor(private readonly deps: LanesDeps) {}

  async start(): Promise<void> {
    await this.connect();
    this.looking = setInterval(() => void this.look(), LOOK_EVERY_MS);
    await this.look();
  }

  healthy(): boolean {
    return this.connection !== undefined;
  }

  /** Lets the attempts on the way end, then frees the lanes. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.looking);
    const lanes = [...this.running.values()];
    for (const { lane } of lanes) lane.stop();
    await Promise.all(lanes.map(({ done }) => done));
    await this.connection?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const connection = new pg.Client({ connectionString: this.deps.databaseUrl, application_name: 'homeostat-lanes' });
    connection.on('error', (error) => this.lost(error));
    connection.on('end', () => this.lost(new Error('the connection that holds the lanes ended')));
    connection.on('notification', ({ payload }) => {
      const [tenant, webhook] = (payload ?? '').split('/');
      if (tenant !== undefined && webhook !== undefined) void this.serve(Number(tenant), webhook);
    });
    await connection.connect();
    await connection.query(`LISTEN ${CHANNEL}`);
    this.connection = connection;
  }

  /** Without the connection our locks are gone: stop the lanes, another dispatcher may already serve them. */
  private lost(error: Error): void {
    if (this.connection === undefined || this.stopping) return;
    this.connection = undefined;
    this.deps.onProblem(error);
    for (const { lane } of this.running.values()) lane.stop();
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    while (this.connection === undefined && !this.stopping) {
      try {
        await this.connect();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_AFTER_MS));
      }
    }
  }

  private async look(): Promise<void> {
    if (this.connection === undefined || this.stopping) return;
    try {
      const lanes = await lanesWithPending(this.deps.pool);
      await Promise.all(
        lanes
          .filter(({ tenant, webhook }) => !this.running.has(`${tenant}/${webhook}`))
          .map(({ tenant, webhook }) => this.serve(tenant, webhook)),
      );
    } catch (error) {
      this.deps.onProblem(error as Error);
    }
  }

  /** Wakes a lane of ours, or takes it when nobody serves it. */
  private async serve(tenant: number, webhook: string): Promise<void> {
    const key = `${tenant}/${webhook}`;
    const ours = this.running.get(key);
    if (ours !== undefined) return ours.lane.wake();
    const connection = this.connection;
    if (connection === undefined || this.stopping) return;
    const lane = new Lane(tenant, webhook, this.deps);
    const done = this.runLocked(connection, lane, key);
    this.running.set(key, { lane, done });
    await Promise.resolve();
  }

  private async runLocked(connection: pg.Client, lane: Lane, key: string): Promise<void> {
    let locked = false;
    try {
      const { rows } = await connection.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock(hashtextextended($1, 77)) AS locked`,
        [key],
      );
      locked = rows[0]?.locked === true;
      if (locked) await lane.run();
    } catch (error) {
      if (!this.stopping) this.deps.onProblem(error as Error);
    } finally {
      this.running.delete(key);
      if (locked && this.connection === connection) {
        await connection.query(`SELECT pg_advisory_unlock(hashtextextended($1, 77))`, [key]).catch(() => undefined);
      }
    }
  }
}
