import type { Pool } from 'pg';
import { patientKey, TOPICS, type TickRecord } from '#libs/contracts';
import type { EventLog } from '#libs/platform/messaging';
import { takeDueTimers } from '#libs/platform/storage';

export interface TickerDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'append'>;
  readonly everyMs: number;
  /** Most timers taken per round, which bounds the ticks per second. */
  readonly mostPerRound: number;
  readonly onTicks: (count: number) => void;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Turns due timers into records of the log, so that silence is judged in the order of everything else and a replay sees it, too.
 * Any number of tickers may run: each takes rows that no other holds. A crash between append and commit ticks twice, which says
 * nothing new.
 */
export class Ticker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly deps: TickerDeps) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.round()
        .then(() => undefined, this.deps.onProblem)
        .finally(() => {
          if (!this.stopped) this.start();
        });
    }, this.deps.everyMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Ticks what is due, at most `mostPerRound`. */
  async round(): Promise<number> {
    const client = await this.deps.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const { patients, now } = await takeDueTimers(client, this.deps.mostPerRound);
      // Rows stay locked until the log has the ticks: what is marked as ticked has its record.
      if (patients.length > 0)
        await this.deps.log.append(
          patients.map(({ tenant, patient }) => {
            const record: TickRecord = { v: 1, kind: 'tick', tenant, patient, receivedAt: now };
            return { topic: TOPICS.patientInput, key: patientKey(tenant, patient), value: JSON.stringify(record) };
          }),
        );
      await client.query('COMMIT');
      this.deps.onTicks(patients.length);
      return patients.length;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}
