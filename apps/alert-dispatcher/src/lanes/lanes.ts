import pg from 'pg';
import { LANES_CHANNEL } from '#libs/platform/delivery';
import { Lane, type LaneDeps } from './endpoint-lane.js';

export interface LanesDeps extends LaneDeps {
  readonly databaseUrl: string;
  readonly onProblem: (problem: Error) => void;
}

const LOOK_EVERY_MS = 2000;
const RECONNECT_AFTER_MS = 500;

/**
 * The lanes this dispatcher serves. A lane is served by the dispatcher that holds its advisory lock; the locks live on one
 * connection, so that a dispatcher that dies frees its lanes at once and another takes them. The same connection is notified of
 * new messages; a look at the table every two seconds finds what a dead dispatcher left.
 */
export class Lanes {
  private readonly running = new Map<string, Lane>();
  private readonly done = new Set<Promise<void>>();
  private connection: pg.Client | undefined;
  /** The newest question on the connection: one at a time. */
  private asked: Promise<unknown> = Promise.resolve();
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
    for (const lane of this.running.values()) lane.stop();
    while (this.done.size > 0) await Promise.all(this.done);
    await this.connection?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const connection = new pg.Client({ connectionString: this.deps.databaseUrl, application_name: 'homeostat-lanes' });
    connection.on('error', (error) => this.lost(connection, error));
    connection.on('end', () => this.lost(connection, new Error('the connection that holds the lanes ended')));
    connection.on('notification', ({ payload }) => {
      const [tenant, webhook] = (payload ?? '').split('/');
      if (tenant !== undefined && webhook !== undefined) this.wake(Number(tenant), webhook);
    });
    try {
      await connection.connect();
      await connection.query(`LISTEN ${LANES_CHANNEL}`);
      // Of no lane: the first lane does not wait for the catalogue.
      await lockAll(connection, []);
    } catch (error) {
      await connection.end().catch(() => undefined);
      throw error;
    }
    // Stopped meanwhile: nobody would end it any more.
    if (this.stopping) await connection.end().catch(() => undefined);
    else this.connection = connection;
  }

  /**
   * Without the connection our locks are gone: another dispatcher may already serve the lanes. What is on the way ends by itself,
   * and holds up nobody who takes its lane.
   */
  private lost(connection: pg.Client, error: Error): void {
    if (this.connection !== connection || this.stopping) return;
    this.connection = undefined;
    this.deps.onProblem(error);
    for (const lane of this.running.values()) lane.stop();
    this.running.clear();
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
    await this.look();
  }

  private async look(): Promise<void> {
    if (this.connection === undefined || this.stopping) return;
    try {
      const waiting = await this.deps.store.withPending();
      this.take(waiting.filter(({ tenant, webhook }) => !this.running.has(keyOf(tenant, webhook))));
    } catch (error) {
      this.deps.onProblem(error as Error);
    }
  }

  /** Wakes a lane of ours, or takes it when nobody serves it. */
  private wake(tenant: number, webhook: string): void {
    const ours = this.running.get(keyOf(tenant, webhook));
    if (ours !== undefined) ours.wake();
    else this.take([{ tenant, webhook }]);
  }

  /** Serves those of the lanes that nobody serves. They count as ours at once, so that what wakes them meanwhile is kept. */
  private take(wanted: readonly { readonly tenant: number; readonly webhook: string }[]): void {
    const { connection } = this;
    if (connection === undefined || this.stopping || wanted.length === 0) return;
    const lanes = new Map(
      wanted.map(({ tenant, webhook }) => [keyOf(tenant, webhook), new Lane(tenant, webhook, this.deps)]),
    );
    for (const [key, lane] of lanes) this.running.set(key, lane);
    const locked = this.ask(() => lockAll(connection, [...lanes.keys()]));
    for (const [key, lane] of lanes) {
      const serving = this.serve(connection, key, lane, locked).finally(() => this.done.delete(serving));
      this.done.add(serving);
    }
  }

  private async serve(
    connection: pg.Client,
    key: string,
    lane: Lane,
    locked: Promise<ReadonlySet<string>>,
  ): Promise<void> {
    let ours = false;
    try {
      ours = (await locked).has(key);
      if (ours) await lane.run();
    } catch (error) {
      if (!this.stopping) this.deps.onProblem(error as Error);
      lane.stop();
    }
    // After a lost connection a successor may stand here.
    if (this.running.get(key) === lane) this.running.delete(key);
    if (!ours || this.connection !== connection) return;
    await this.ask(() => connection.query(`SELECT pg_advisory_unlock(hashtextextended($1, 77))`, [key])).catch(
      () => undefined,
    );
    if (lane.wanted) this.wake(lane.tenant, lane.webhook);
  }

  private ask<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.asked.then(question);
    this.asked = answer.catch(() => undefined);
    return answer;
  }
}

function keyOf(tenant: number, webhook: string): string {
  return `${tenant}/${webhook}`;
}

/** One question for all: a lane that another dispatcher serves costs next to nothing. @returns the keys that are ours now */
async function lockAll(connection: pg.Client, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ key: string; locked: boolean }>(
    `SELECT key, pg_try_advisory_lock(hashtextextended(key, 77)) AS locked FROM unnest($1::text[]) AS k (key)`,
    [keys],
  );
  return new Set(rows.filter(({ locked }) => locked).map(({ key }) => key));
}
