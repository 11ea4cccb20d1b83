import type { Pool } from 'pg';
import { TOPICS, type Topic } from '#libs/contracts';
import type { EventLog } from '#libs/platform/messaging';
import { groupOffsets } from '#libs/platform/storage';
import type { Metrics } from '#libs/platform/telemetry';
import type { FlowSample } from './log-flow.js';

const EVERY_MS = 5_000;
/** How far back a lag is followed, ms. */
const KEPT_MS = 15 * 60_000;

/** The readers whose way through the log is shown, by the groups that they read as. */
export const READERS = {
  apply: { group: 'twin-engine', topic: TOPICS.patientInput },
  dispatch: { group: 'alert-dispatcher', topic: TOPICS.alerts },
} as const satisfies Readonly<Record<string, { readonly group: string; readonly topic: Topic }>>;
export type Reader = keyof typeof READERS;

/** Where the installation stood at a time: by reader, and what this process has counted. */
export interface Moment {
  readonly at: number;
  readonly readers: Readonly<Record<Reader, FlowSample>>;
  readonly received: number;
  readonly stored: number;
}

export interface FlowHistoryDeps {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'ends'>;
  readonly metrics: Pick<Metrics, 'samplesAccepted' | 'measurementsApplied'>;
  readonly now: () => number;
  readonly onProblem: (error: unknown) => void;
}

/**
 * Looks every five seconds how far the log and its readers are: rates and lags follow from their positions, whichever process does the
 * work. Two small queries each time.
 */
export class FlowHistory {
  private moments: Moment[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly deps: FlowHistoryDeps) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS);
    this.timer.unref();
    void this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** What was seen, oldest first, and how it is now. */
  async upToNow(): Promise<readonly Moment[]> {
    const now = await this.moment();
    return [...this.moments.filter(({ at }) => at < now.at), now];
  }

  private async look(): Promise<void> {
    try {
      const moment = await this.moment();
      this.moments = [...this.moments.filter(({ at }) => moment.at - at <= KEPT_MS), moment];
    } catch (error) {
      this.deps.onProblem(error);
    }
  }

  private async moment(): Promise<Moment> {
    const { pool, log, metrics, now } = this.deps;
    const at = now();
    // The readers first: one that moves on meanwhile must not seem to be past the end.
    const offsets = await groupOffsets(pool);
    const [input, alerts] = await Promise.all([log.ends(TOPICS.patientInput), log.ends(TOPICS.alerts)]);
    const ends = { [TOPICS.patientInput]: input, [TOPICS.alerts]: alerts };
    const sampleOf = ({ group, topic }: (typeof READERS)[Reader]): FlowSample => ({
      at,
      ends: new Map(ends[topic].map(({ partition, first, next }) => [partition, { first, next }])),
      applied: offsets.get(`${group}|${topic}`) ?? new Map<number, bigint>(),
    });
    return {
      at,
      readers: { apply: sampleOf(READERS.apply), dispatch: sampleOf(READERS.dispatch) },
      received: await totalOf(metrics.samplesAccepted),
      stored: await totalOf(metrics.measurementsApplied),
    };
  }
}

async function totalOf(counter: Metrics['samplesAccepted']): Promise<number> {
  const { values } = await counter.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}
