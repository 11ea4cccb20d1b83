import type { Pool } from 'pg';
import { twinKey, TOPICS, type AlertRecord, type PatientInput } from '#libs/contracts';
import type { TwinState } from '#libs/domain/twin';
import { createEventLog, type EventLog } from '#libs/platform/messaging';
import { createHotState, createPool, twinHeads, type HotState } from '#libs/platform/storage';
import { createTestDatabase, until, type TestDatabase } from '#libs/testing';
import { startPipeline, type Pipeline } from '../pipeline.js';
import { CATALOGUE } from '../catalogue.js';
import { rebuildTwin } from './rebuild-twin.js';
import { at, firstHour, restOfTheStay } from './stay.fixture.js';

/** ms; on a loaded machine. */
const SETTLES_WITHIN_MS = 60_000;

/** Patient p1 with an engine on a database of their own: what the engine stores of a stay, and the twin made from that anew. */
export class RebuildBench {
  readonly problems: string[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
    private readonly log: EventLog,
    private readonly hot: HotState,
  ) {}

  static async open(): Promise<RebuildBench> {
    const database = await createTestDatabase();
    const pool = createPool(database.url);
    await pool.query(`INSERT INTO tenants (key, id) VALUES (1, 'one')`);
    const log = createEventLog({ kafkaBrokers: undefined, pool, databaseUrl: database.url, clientId: 'test' });
    return new RebuildBench(database, pool, log, createHotState(undefined));
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.hot.close();
    await this.pool.end();
    await this.database.drop();
  }

  startEngine(): Promise<Pipeline> {
    const { pool, log, hot, problems } = this;
    return startPipeline({
      pool,
      log,
      hot,
      catalogue: CATALOGUE,
      onCommitted: () => undefined,
      onProblem: ({ reason }) => problems.push(reason),
      onFailed: (reason) => problems.push(reason),
    });
  }

  async send(records: readonly PatientInput[]): Promise<void> {
    for (const record of records) {
      if (record.kind === 'act')
        await this.pool.query(
          `INSERT INTO audit (tenant, id, at, actor, act, target, detail) VALUES (1, $1, to_timestamp($2::float8 / 1000), $3, $4, $5, $6)`,
          [
            record.act,
            record.receivedAt,
            record.actor,
            record.does.type,
            'episode' in record.does ? `Alert/${record.does.episode}` : 'Patient/p1',
            JSON.stringify(record.does),
          ],
        );
    }
    await this.log.append(
      records.map((record) => ({
        topic: TOPICS.patientInput,
        key: twinKey(1, 'patient', record.patient),
        value: JSON.stringify(record),
      })),
    );
  }

  /** Until all that was sent is applied, or waits for a twin that cannot be read. */
  async settled(waiting = 0): Promise<void> {
    await until(async () => {
      const { rows } = await this.pool.query<{ done: boolean }>(
        `SELECT coalesce((SELECT sum(next_offset) FROM consumer_offsets WHERE topic = $1), 0)
           = (SELECT sum(next_offset) FROM log_partitions WHERE topic = $1) AND (SELECT count(*) FROM deferred_records) = $2 AS done`,
        [TOPICS.patientInput, waiting],
      );
      return rows[0]?.done === true;
    }, SETTLES_WITHIN_MS);
  }

  async stored(): Promise<TwinState> {
    const { rows } = await this.pool.query<{ snapshot: string }>(`SELECT snapshot FROM twins WHERE patient = 'p1'`);
    return JSON.parse(rows[0]!.snapshot) as TwinState;
  }

  async rebuild(): Promise<unknown> {
    const [twin] = await twinHeads(this.pool, { tenant: 'one', patient: 'p1', quarantined: false });
    return rebuildTwin(this.pool, CATALOGUE, twin!);
  }

  async emitted(): Promise<string[]> {
    const { rows } = await this.pool.query<{ value: string }>(
      `SELECT value FROM log_records WHERE topic = $1 ORDER BY "offset"`,
      [TOPICS.alerts],
    );
    return rows.map(({ value }) => {
      const { alert } = JSON.parse(value) as AlertRecord;
      return `${alert.rule.id} ${alert.transition}`;
    });
  }

  async openEpisode(rule: string): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM alert_episodes WHERE rule = $1 AND NOT closed`,
      [rule],
    );
    return rows[0]!.id;
  }

  /** The whole stay, applied by the engine that runs. */
  async live(): Promise<void> {
    // The gateway writes resources and their log record in one transaction, with one time.
    await this.pool.query(
      `INSERT INTO fhir_resource_versions (tenant, type, id, version, content, last_updated)
       SELECT 1, type, id, 1, '{}', to_timestamp($1::float8 / 1000) FROM (VALUES ('Patient', 'p1'), ('Condition', 'c1')) AS u (type, id)`,
      [at(-1)],
    );
    await this.send(firstHour());
    await this.settled();
    await this.send(restOfTheStay(await this.openEpisode('heart-rate-high')));
    await this.settled();
  }

  /** As if no timer had come due since the last record: there is no ticker here. */
  async lastWritten(receivedAt: number): Promise<void> {
    await this.pool.query(`UPDATE twins SET updated_at = to_timestamp($1::float8 / 1000)`, [receivedAt]);
  }
}
