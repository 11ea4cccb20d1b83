import { randomInt } from 'node:crypto';
import pg from 'pg';
import { WAKE_CHANNEL } from './postgres-waker.js';
import { reasonOf, type LogWriter } from '../log/log-writer.js';
import { partitionOf } from '../log/partition-of.js';

export interface MembershipOptions {
  readonly databaseUrl: string;
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
  readonly logger: LogWriter;
  /** This member now holds the partition. */
  readonly onAcquired: (partition: number) => void;
  /** Another member shall have the partition: finish the batch in progress. The partition is released when the promise resolves. */
  readonly onRelease: (partition: number) => Promise<void>;
  /** The session broke, so others may hold the partitions already: finish the batches in progress, start none. */
  readonly onLost: () => Promise<void>;
  /** The topic may have new records. */
  readonly onWake: () => void;
}

/**
 * Shares the partitions of a topic among the members of a group with advisory locks of a session of its own: one lock says
 * "I am a member", one lock per partition says "this one is mine". When a process dies its session ends and the locks with it.
 * Members compute the same share from the same list of members; a lock decides where two disagree for a moment. Lock keys are
 * 32-bit hashes of group and topic.
 */
export class PostgresMembership {
  private client: pg.Client | undefined;
  private readonly memberId = randomInt(1, 2 ** 31 - 1);
  private readonly memberClass: number;
  private readonly partitionClass: number;
  private readonly held = new Set<number>();
  private wanted: readonly number[] = [];
  private unlocking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<boolean> | undefined;
  private again = false;
  private stopping = false;
  private connects = 0;

  constructor(private readonly options: MembershipOptions) {
    this.memberClass = lockClass(`member\n${options.group}\n${options.topic}`);
    this.partitionClass = lockClass(`partition\n${options.group}\n${options.topic}`);
  }

  get connected(): boolean {
    return this.client !== undefined;
  }

  /** Joins the group. @throws when the database cannot be reached */
  async start(): Promise<void> {
    await this.connect();
    await this.tick();
  }

  /** Gives back all partitions and leaves. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.ticking;
    await Promise.all([...this.held].map((partition) => this.options.onRelease(partition)));
    this.held.clear();
    const client = this.client;
    this.client = undefined;
    if (client === undefined) return;
    await client.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await client.query(`SELECT pg_notify($1, $2)`, [GROUP_CHANNEL, String(this.memberClass)]).catch(() => undefined);
    await client.end().catch(() => undefined);
  }

  /** Ends the session as a crash would: no batch is waited for, nothing is said. For tests of crashes. */
  abandon(): void {
    this.stopping = true;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    void client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.databaseUrl,
      application_name: `homeostat log ${this.options.group}`,
      keepAlive: true,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      client.on('notification', (message) => this.notified(message));
      client.on('end', () => void this.lost(client));
      // A host that vanishes without a word must not hold its partitions for hours.
      await client.query(`SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3`);
      await client.query(`LISTEN ${WAKE_CHANNEL}; LISTEN ${GROUP_CHANNEL}`);
      await client.query('SELECT pg_advisory_lock($1, $2)', [this.memberClass, this.memberId]);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    // Stopped meanwhile: nobody would end it any more, and it would count as a member.
    if (this.stopping) return client.end().catch(() => undefined);
    this.client = client;
    this.unlocking = Promise.resolve();
    this.connects = 0;
    await client.query('SELECT pg_notify($1, $2)', [GROUP_CHANNEL, String(this.memberClass)]);
  }

  private notified(message: pg.Notification): void {
    if (message.channel === WAKE_CHANNEL) {
      if (message.payload === this.options.topic) this.options.onWake();
    } else if (message.payload === String(this.memberClass)) void this.tick();
  }

  private async lost(client: pg.Client): Promise<void> {
    if (this.client !== client) return;
    this.client = undefined;
    this.held.clear();
    clearTimeout(this.timer);
    this.options.logger.warn(
      { group: this.options.group, topic: this.options.topic },
      'log session lost; joining again',
    );
    await this.options.onLost();
    await this.reconnect();
  }

  private async reconnect(): Promise<void> {
    while (!this.stopping) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(2_000, 50 * 2 ** Math.min(this.connects, 6))));
      if (this.stopping) return;
      this.connects++;
      try {
        await this.connect();
        await this.tick();
        return;
      } catch (error) {
        this.options.logger.warn({ group: this.options.group, reason: reasonOf(error) }, 'log session not yet back');
      }
    }
  }

  /** Brings what is held and what should be held together; runs again at once when it was asked for meanwhile. */
  private async tick(): Promise<void> {
    if (this.ticking !== undefined) {
      this.again = true;
      await this.ticking;
      return;
    }
    clearTimeout(this.timer);
    // What fails is handled here and nowhere else: who asks meanwhile waits for the same and does not look at it.
    this.ticking = this.balance().then(
      () => true,
      (error: unknown) => {
        this.options.logger.warn({ group: this.options.group, reason: reasonOf(error) }, 'could not share partitions');
        return false;
      },
    );
    const complete = await this.ticking;
    this.ticking = undefined;
    if (this.stopping || this.client === undefined) return;
    if (this.again) {
      this.again = false;
      return this.tick();
    }
    const settled = complete && this.wanted.every((partition) => this.held.has(partition));
    this.timer = setTimeout(() => void this.tick(), settled ? SETTLED_MS : WAITING_MS);
  }

  private async balance(): Promise<void> {
    const client = this.client;
    if (client === undefined || this.stopping) return;
    const { rows } = await client.query<{ id: number }>({ name: 'members', text: MEMBERS, values: [this.memberClass] });
    const members = rows.map((row) => row.id);
    const index = members.indexOf(this.memberId);
    if (index < 0) throw new Error('membership lock is gone');
    const all = Array.from({ length: this.options.partitions }, (_, partition) => partition);
    this.wanted = all.filter((partition) => partition % members.length === index);
    const giving = [...this.held].filter((partition) => !this.wanted.includes(partition));
    const missing = this.wanted.filter((partition) => !this.held.has(partition));
    await this.take(client, missing);
    // A slow batch of one partition does not hold back the others.
    await Promise.all(giving.map((partition) => this.give(client, partition)));
  }

  private async take(client: pg.Client, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    const { rows } = await client.query<{ partition: number; got: boolean }>(
      'SELECT p AS "partition", pg_try_advisory_lock($1, p) AS got FROM unnest($2::int[]) AS t (p)',
      [this.partitionClass, partitions],
    );
    for (const row of rows) {
      if (!row.got || this.client !== client) continue;
      this.held.add(row.partition);
      this.options.onAcquired(row.partition);
    }
  }

  private async give(client: pg.Client, partition: number): Promise<void> {
    await this.options.onRelease(partition);
    if (this.client !== client) return;
    this.held.delete(partition);
    // One statement at a time on the session, in whatever order the batches end.
    const values = [this.partitionClass, partition, GROUP_CHANNEL, String(this.memberClass)];
    this.unlocking = this.unlocking.then(async () => {
      await client.query('SELECT pg_advisory_unlock($1, $2), pg_notify($3, $4)', values);
    });
    await this.unlocking;
  }
}

const GROUP_CHANNEL = 'homeostat_log_group';
const SETTLED_MS = 1_000;
const WAITING_MS = 100;

const MEMBERS = `
SELECT objid::bigint::int AS id FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid::bigint = $1::int
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1`;

/** A non-negative 31-bit key, so that it reads the same as a Postgres oid. */
function lockClass(text: string): number {
  return partitionOf(text, 2 ** 31 - 1);
}
