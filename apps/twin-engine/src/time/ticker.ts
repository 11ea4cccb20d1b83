import type { Pool } from 'pg';
import { twinKey, SYSTEM_TWIN, TOPICS, type Outage, type TickRecord } from '#libs/contracts';
import type { EventLog } from '#libs/platform/messaging';
import { monitoredTenants, readHeartbeats, takeDueTimers } from '#libs/platform/storage';
import { healthOf } from './outages.js';
import { Rounds } from './rounds.js';

export interface TickerDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'append'>;
  readonly everyMs: number;
  /** Maximum timers taken per round, which bounds the ticks per second. */
  readonly maxPerRound: number;
  readonly onTicks: (count: number) => void;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Turns due timers into records of the log, so that silence is judged in the order of everything else and a replay sees it, too.
 * Any number of tickers may run: each takes rows that no other holds. A crash between append and commit ticks twice, which says
 * nothing new.
 */
export class Ticker {
  private readonly rounds: Rounds;

  constructor(private readonly deps: TickerDeps) {
    const { everyMs, onProblem } = deps;
    this.rounds = new Rounds({ everyMs, onProblem, round: () => this.round() });
  }

  start(): void {
    this.rounds.start();
  }

  stop(): Promise<void> {
    return this.rounds.stop();
  }

  /** The outage as it was last written to the logs of the tenants; the core knows it by its times, so that a repeat says nothing new. */
  private reported: string | undefined;

  /** Ticks what is due, at most `maxPerRound`, and notifies the tenants of an outage of this system. */
  async round(): Promise<number> {
    const client = await this.deps.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const { heartbeats, now } = await readHeartbeats(client);
      const { listeningSince, outage } = healthOf(heartbeats, now);
      const due = await takeDueTimers(client, this.deps.maxPerRound);
      const head = { v: 1, kind: 'tick' } as const;
      const ticks: TickRecord[] = due.patients.map(({ tenant, patient }) => ({
        ...head,
        tenant,
        patient,
        receivedAt: due.now,
        ...(listeningSince === 0 ? undefined : { listeningSince: Math.min(Math.round(listeningSince), due.now) }),
      }));
      const isNew = outage !== undefined && keyOf(outage) !== this.reported;
      if (isNew) {
        for (const tenant of await monitoredTenants(client))
          ticks.push({ ...head, tenant, patient: SYSTEM_TWIN, receivedAt: Math.ceil(now), outage: rounded(outage) });
      }
      // Rows stay locked until the log has the ticks: what is marked as ticked has its record.
      if (ticks.length > 0)
        await this.deps.log.append(
          ticks.map((record) => ({
            topic: TOPICS.patientInput,
            key: twinKey(record.tenant, 'patient', record.patient),
            value: JSON.stringify(record),
          })),
        );
      await client.query('COMMIT');
      if (isNew) this.reported = keyOf(outage);
      this.deps.onTicks(ticks.length);
      return ticks.length;
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

function keyOf({ from, until }: Outage): string {
  return `${from}|${until}`;
}

function rounded({ components, from, until }: Outage): Outage {
  return { components, from: Math.round(from), ...(until === undefined ? undefined : { until: Math.round(until) }) };
}
