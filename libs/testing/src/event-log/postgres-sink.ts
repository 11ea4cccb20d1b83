import type pg from 'pg';
import type { Batch } from '#libs/platform/messaging';
import type { ContractSink } from './contract-run.js';

/** The engine's way in small, for specs: effects and offset row, checked FOR UPDATE, in one transaction. */
export class PostgresSink implements ContractSink {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly name: string,
  ) {}

  static async create(pool: pg.Pool): Promise<PostgresSink> {
    // A client in use that loses its connection emits an event, and without a listener the process ends.
    pool.on('connect', (client) => client.on('error', () => undefined));
    const name = `sink_${Math.random().toString(36).slice(2)}`;
    await pool.query(`CREATE TABLE ${name} (value text NOT NULL)`);
    await pool.query(`CREATE TABLE ${name}_offsets ("partition" int PRIMARY KEY, next_offset bigint NOT NULL)`);
    return new PostgresSink(pool, name);
  }

  readonly startAt = async (partition: number): Promise<bigint | undefined> => {
    const { rows } = await this.pool.query<{ next_offset: string }>(
      `SELECT next_offset FROM ${this.name}_offsets WHERE "partition" = $1`,
      [partition],
    );
    return rows[0] === undefined ? undefined : BigInt(rows[0].next_offset);
  };

  readonly apply = async (batch: Batch): Promise<{ kind: 'applied' } | { kind: 'seek'; offset: bigint }> => {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`INSERT INTO ${this.name}_offsets VALUES ($1, 0) ON CONFLICT DO NOTHING`, [batch.partition]);
      const { rows } = await client.query<{ next_offset: string }>(
        `SELECT next_offset FROM ${this.name}_offsets WHERE "partition" = $1 FOR UPDATE`,
        [batch.partition],
      );
      const next = BigInt(rows[0]!.next_offset);
      const fresh = batch.records.filter((record) => record.offset >= next);
      if (fresh.length > 0 && fresh[0]!.offset > next) {
        await client.query('ROLLBACK');
        return { kind: 'seek', offset: next };
      }
      if (fresh.length > 0) {
        await client.query(`INSERT INTO ${this.name} SELECT unnest($1::text[])`, [fresh.map((record) => record.value)]);
        await client.query(`UPDATE ${this.name}_offsets SET next_offset = $2 WHERE "partition" = $1`, [
          batch.partition,
          String(fresh.at(-1)!.offset + 1n),
        ]);
      }
      await client.query('COMMIT');
      return { kind: 'applied' };
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  };

  readonly effects = async (): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await this.pool.query<{ value: string; n: number }>(
      `SELECT value, count(*)::int AS n FROM ${this.name} GROUP BY value`,
    );
    return new Map(rows.map((row) => [row.value, row.n]));
  };

  readonly close = async (): Promise<void> => {
    await this.pool.query(`DROP TABLE ${this.name}, ${this.name}_offsets`);
  };
}
