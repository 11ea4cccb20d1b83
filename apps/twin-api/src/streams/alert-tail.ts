import type { Pool } from 'pg';
import {
  alertChannel,
  isTransition,
  SettledTransitions,
  transitionsBetween,
  type HotState,
  type StreamedTransition,
} from '#libs/platform/storage';
import { cursorUnknown, type EventStream } from './event-stream.js';
import { WakeUp } from './wake-up.js';

/** How often to look without being woken: fan-out is at most once, and absent between processes without Redis. */
const POLL_MS = 500;
/** While places are handed out that are not settled yet. */
const SETTLING_MS = 10;
const AFTER_FAILURE_MS = 1_000;
const PAGE = 200;

/**
 * Follows the end of the alert transitions for all streams of this process, while there are any. Replay and live are the same read, in
 * stream order up to the settled end, so nothing is missed or sent twice where they meet.
 */
export class AlertTail {
  private settled: bigint | undefined;
  private readonly readers = new Map<number, { count: number; stop: Promise<() => Promise<void>> }>();
  private readonly moved = new WakeUp();
  private readonly poked = new WakeUp();
  private running = false;

  constructor(
    private readonly pool: Pool,
    private readonly hot: Pick<HotState, 'subscribe'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /**
   * The place that a `Last-Event-ID` names.
   * @throws {Problem} 410 when it is not that of one of the tenant's transitions
   */
  async placeOf(tenant: number, lastId: string | undefined): Promise<bigint | undefined> {
    if (lastId === undefined) return undefined;
    if (/^[1-9]\d{0,17}$/.test(lastId) && (await isTransition(this.pool, tenant, BigInt(lastId))))
      return BigInt(lastId);
    throw cursorUnknown('read GET /v1/alerts, then connect without it');
  }

  /**
   * Sends a tenant's transitions after `lastId` (undefined: from now on) until the stream ends. Where "now" is, is known before the client
   * is answered: else it would miss what is emitted in between.
   */
  async pump(stream: EventStream, tenant: number, lastId: bigint | undefined): Promise<void> {
    await this.join(tenant);
    try {
      const from = lastId ?? (await this.end(stream.signal));
      stream.begin();
      await this.sendFrom(stream.signal, tenant, from, ({ stream: id, transition, alert }) =>
        stream.send({ id, event: `alert.${transition}`, data: JSON.stringify(alert) }),
      );
    } finally {
      await this.leave(tenant);
    }
  }

  /**
   * As {@link pump}, for a stream that sends other things, too: `begin` is given where the transitions begin, and does the rest until the
   * stream ends, beginning with the answer to the client; `send` is given each of them, and answers whether the stream goes on.
   */
  async share(
    signal: AbortSignal,
    tenant: number,
    lastId: bigint | undefined,
    begin: (from: bigint) => Promise<void>,
    send: (row: StreamedTransition) => Promise<boolean>,
  ): Promise<void> {
    await this.join(tenant);
    try {
      const from = lastId ?? (await this.end(signal));
      await Promise.all([begin(from), this.sendFrom(signal, tenant, from, send)]);
    } finally {
      await this.leave(tenant);
    }
  }

  private async sendFrom(
    signal: AbortSignal,
    tenant: number,
    from: bigint,
    send: (row: StreamedTransition) => Promise<boolean>,
  ): Promise<void> {
    let sent = from;
    while (!signal.aborted) {
      sent = await this.sendUpTo(signal, tenant, sent, this.settled ?? 0n, send);
      if ((this.settled ?? 0n) <= sent) await this.moved.wait(60_000, signal);
    }
  }

  private async sendUpTo(
    signal: AbortSignal,
    tenant: number,
    from: bigint,
    upTo: bigint,
    send: (row: StreamedTransition) => Promise<boolean>,
  ): Promise<bigint> {
    let sent = from;
    while (sent < upTo && !signal.aborted) {
      const rows = await transitionsBetween(this.pool, tenant, sent, upTo, PAGE);
      for (const row of rows) {
        if (!(await send(row))) return sent;
        sent = BigInt(row.stream);
      }
      if (rows.length < PAGE) return upTo;
    }
    return sent;
  }

  /** Where the settled transitions end, once that is known. */
  private async end(signal: AbortSignal): Promise<bigint> {
    while (this.settled === undefined && !signal.aborted) await this.moved.wait(POLL_MS, signal);
    return this.settled ?? 0n;
  }

  private async join(tenant: number): Promise<void> {
    const reader = this.readers.get(tenant);
    if (reader !== undefined) {
      reader.count += 1;
    } else {
      const stop = this.hot
        .subscribe(alertChannel(tenant), () => this.poked.wake())
        .catch((error: unknown) => {
          // Polling still finds everything.
          this.onFailure(error);
          return () => Promise.resolve();
        });
      this.readers.set(tenant, { count: 1, stop });
    }
    if (!this.running) void this.follow();
    await this.readers.get(tenant)?.stop;
  }

  private async leave(tenant: number): Promise<void> {
    const reader = this.readers.get(tenant);
    if (reader === undefined) return;
    reader.count -= 1;
    if (reader.count > 0) return;
    this.readers.delete(tenant);
    this.poked.wake();
    await (
      await reader.stop
    )();
  }

  private async follow(): Promise<void> {
    this.running = true;
    const transitions = new SettledTransitions(this.pool);
    while (this.readers.size > 0) {
      const pause = await this.advance(transitions);
      // The last reader may have gone meanwhile, and woken nobody.
      if (this.readers.size > 0) await this.poked.wait(pause);
    }
    this.running = false;
    this.settled = undefined;
  }

  /** @returns how long to wait before the next look, ms */
  private async advance(transitions: SettledTransitions): Promise<number> {
    try {
      const { upTo, more } = await transitions.advance();
      if (upTo !== undefined && (this.settled === undefined || upTo > this.settled)) {
        this.settled = upTo;
        this.moved.wake();
      }
      return more ? SETTLING_MS : POLL_MS;
    } catch (error) {
      this.onFailure(error);
      return AFTER_FAILURE_MS;
    }
  }
}
