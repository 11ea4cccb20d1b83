import type { Pool } from 'pg';
import { TOPICS } from '#libs/contracts';
import { pruneLog } from '#libs/platform/messaging';
import type { Retention } from '#libs/platform/config';
import {
  makePartitions,
  removeOld,
  removeOldForecasts,
  removeOldMeasurements,
  type RetainedKind,
} from '#libs/platform/storage';

export interface MaintenanceDeps {
  readonly pool: Pool;
  readonly retention: Retention;
  /** Days that applied records of the Postgres log are kept; with Kafka its own retention rules, and the relay prunes. */
  readonly keepLogDays: number | undefined;
  readonly now: () => number;
  /** Rows of a kind that were removed. */
  readonly onRemoved: (kind: string, rows: number) => void;
  readonly onDone: (done: object) => void;
  readonly onProblem: (error: unknown) => void;
}

const MINUTE = 60_000;
const EVERY_MS = 60 * MINUTE;
const DAY = 24 * 60 * 60_000;

/** Hourly: partitions for the months to come, and what is older than it is to be kept goes. Any number of engines may do it. */
export class Maintenance {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: MaintenanceDeps) {}

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
    const { pool, retention, keepLogDays, now, onRemoved } = this.deps;
    const removed: Record<string, number> = {};
    const count = (kind: string, rows: number): void => {
      if (rows === 0) return;
      removed[kind] = rows;
      onRemoved(kind, rows);
    };
    const made = await makePartitions(pool, now());
    if (retention.measurements !== 0) {
      const old = await removeOldMeasurements(pool, now(), retention.measurements);
      count('measurements', old.rows);
      count('measurement-months', old.partitions.length);
    }
    if (retention.forecasts !== 0) {
      const old = await removeOldForecasts(pool, now(), retention.forecasts);
      count('forecasts', old.rows);
      count('forecast-months', old.partitions.length);
    }
    for (const [kind, keepMs] of Object.entries(keptMs(retention)) as [RetainedKind, number][])
      if (keepMs !== 0) count(kind, await removeOld(pool, kind, now() - keepMs));
    if (keepLogDays !== undefined)
      for (const topic of [TOPICS.patientInput, TOPICS.alerts])
        count(`log-${topic}`, await pruneLog(pool, { topic, olderThanMs: keepLogDays * DAY }));
    return { made, removed };
  }
}

/** How long each kind is kept, ms; 0 for ever. */
function keptMs(retention: Retention): Readonly<Record<RetainedKind, number>> {
  return {
    alerts: retention.alerts * DAY,
    suppressions: retention.alerts * DAY,
    deliveries: retention.deliveries * DAY,
    rejections: retention.rejections * DAY,
    'dead-letters': retention.deadLetters * DAY,
    audit: retention.audit * DAY,
    'fhir-versions': retention.fhirVersions * DAY,
    'parked-records': retention.parkedRecords * DAY,
    // A scenario rests on measurements; a proposal is kept with the acts that decided on it.
    scenarios: retention.measurements * DAY,
    proposals: retention.audit * DAY,
    // twin-api says so with each answer.
    'model-jobs': DAY,
    // twin-api answers repeated requests for 24 hours.
    'idempotency-keys': DAY,
    // fhir-gateway says so with each answer.
    'bundle-jobs': DAY,
    // Their time is the expiry; what has expired is refused without them. The rest is for clocks that differ.
    'client-assertions': 5 * MINUTE,
    'revoked-tokens': 5 * MINUTE,
  };
}
