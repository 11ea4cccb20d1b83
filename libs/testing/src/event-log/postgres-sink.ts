import type pg from 'pg';
import { applyOnce, type Batch, type BatchOutcome, type EventLog } from '#libs/platform/messaging';
import { OffsetStore } from '#libs/platform/storage';
import type { ContractSink } from './contract-run.js';

/** Effects and offset in one transaction, by the code that production uses. */
export class PostgresSink implements ContractSink {
  private readonly offsets: OffsetStore;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly name: string,
  ) {
    this.offsets = new OffsetStore(name, name);
  }

  /** @param pool of a migrated database */
  static async create(pool: pg.Pool): Promise<PostgresSink> {
    // A client in use that loses its connection emits an event, and without a listener the process ends.
    pool.on('connect', (client) => client.on('error', () => undefined));
    const name = `sink_${Math.random().toString(36).slice(2)}`;
    await pool.query(`CREATE TABLE ${name} (value text NOT NULL)`);
    return new PostgresSink(pool, name);
  }

  readonly startAt = async (partition: number): Promise<bigint | undefined> =>
    (await this.offsets.read(this.pool)).get(partition);

  readonly apply = async (batch: Batch): Promise<BatchOutcome> => {
    const { outcome } = await applyOnce(
      { pool: this.pool, log: NOTHING_LOST, offsets: this.offsets },
      batch,
      (client, records) =>
        client.query(`INSERT INTO ${this.name} SELECT unnest($1::text[])`, [records.map(({ value }) => value)]),
    );
    return outcome;
  };

  readonly effects = async (): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await this.pool.query<{ value: string; n: number }>(
      `SELECT value, count(*)::int AS n FROM ${this.name} GROUP BY value`,
    );
    return new Map(rows.map((row) => [row.value, row.n]));
  };

  readonly close = async (): Promise<void> => {
    await this.pool.query(`DROP TABLE ${this.name}`);
  };
}

/** A gap in a spec is a fault: the log still has all. */
const NOTHING_LOST: Pick<EventLog, 'ends'> = { ends: () => Promise.resolve([]) };
