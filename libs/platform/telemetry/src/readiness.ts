import type { Consumer, EventLog } from '#libs/platform/messaging';
import type { Metrics } from './metrics.js';

/** One thing a process needs, and whether it has it. `optional` ones are shown and do not make the process unready. */
export interface Check {
  readonly name: string;
  readonly optional?: boolean;
  /** undefined: well; else what is wrong, in plain words without data. */
  readonly run: () => Promise<string | undefined>;
}

export interface WatchedConsumer {
  readonly group: string;
  readonly topic: string;
  readonly consumer: Pick<Consumer, 'state' | 'assigned'>;
  /** Next offset to apply per partition, from the consumer's own store. */
  readonly applied: () => Promise<ReadonlyMap<number, bigint>>;
  /** More records than this waiting on the member's partitions: not ready. Default 100,000. */
  readonly maxLag?: number;
}

export interface Report {
  readonly status: 'ready' | 'not-ready';
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail?: string }[];
}

const DEFAULT_MAX_LAG = 100_000;
/** A consumer with work waiting that has moved nothing for this long counts as stalled. */
const STALLED_AFTER_MS = 30_000;
const CHECK_TIMEOUT_MS = 2_000;

/** Collects what makes a process ready: its dependencies, and its consumers being alive and near the end of their topics. */
export class Readiness {
  private readonly checks: Check[] = [];
  private readonly consumers: WatchedConsumer[] = [];
  private readonly waitingSince = new Map<WatchedConsumer, { applied: bigint; since: number }>();

  constructor(
    private readonly log: Pick<EventLog, 'ends'>,
    private readonly metrics: Pick<Metrics, 'logLag'>,
    private readonly now: () => number = Date.now,
  ) {}

  addCheck(check: Check): void {
    this.checks.push(check);
  }

  /** Call once the consumer is made; its lag is published as `homeostat_log_lag_records{topic}`. */
  addConsumer(consumer: WatchedConsumer): void {
    this.consumers.push(consumer);
  }

  async report(): Promise<Report> {
    const consumerChecks = this.consumers.map((watched) => ({
      name: `consumer ${watched.group}`,
      run: () => this.judge(watched),
    }));
    const all: readonly Check[] = [...this.checks, ...consumerChecks];
    const results = await Promise.all(all.map((check) => runBounded(check)));
    const down = results.some((result, index) => !result.ok && all[index]?.optional !== true);
    return { status: down ? 'not-ready' : 'ready', checks: results };
  }

  private async judge(watched: WatchedConsumer): Promise<string | undefined> {
    const state = watched.consumer.state();
    if (state.kind === 'failed') return `failed: ${state.reason}`;
    if (state.kind !== 'running') return state.kind;
    const assigned = watched.consumer.assigned();
    const [ends, applied] = await Promise.all([this.log.ends(watched.topic), watched.applied()]);
    let lag = 0n;
    let position = 0n;
    for (const end of ends) {
      if (!assigned.includes(end.partition)) continue;
      const at = applied.get(end.partition) ?? end.first;
      position += at;
      if (end.next > at) lag += end.next - at;
    }
    this.metrics.logLag.set({ topic: watched.topic }, Number(lag));
    if (lag > BigInt(watched.maxLag ?? DEFAULT_MAX_LAG)) return `lagging by ${lag} records`;
    return this.stalled(watched, lag, position) ? `no progress with ${lag} records waiting` : undefined;
  }

  private stalled(watched: WatchedConsumer, lag: bigint, position: bigint): boolean {
    const seen = this.waitingSince.get(watched);
    if (lag === 0n || seen === undefined || seen.applied !== position) {
      this.waitingSince.set(watched, { applied: position, since: this.now() });
      return false;
    }
    return this.now() - seen.since > STALLED_AFTER_MS;
  }
}

async function runBounded(check: Check): Promise<{ name: string; ok: boolean; detail?: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    const detail = await Promise.race([check.run(), late]);
    return detail === undefined ? { name: check.name, ok: true } : { name: check.name, ok: false, detail };
  } catch {
    return { name: check.name, ok: false, detail: 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
}
