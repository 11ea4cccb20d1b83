import {
  GIVE_UP_AFTER_MS,
  retryDelayMs,
  type AttemptResult,
  type Delivery,
  type DeliveryStore,
  type EndpointRules,
  type WebhookStore,
} from '#libs/platform/webhooks';
import { createSender, type Sender, type SendResult } from './sender.js';

/** What lanes share; `onSent` feeds the metrics. */
export interface LaneDeps {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryStore;
  readonly rules: EndpointRules;
  readonly now: () => number;
  readonly onSent: (delivery: Delivery, outcome: 'delivered' | 'retry' | 'parked' | 'gone', at: number) => void;
}

const LOOK_AHEAD = 256;
/** Messages of different episodes on the way at once. */
const AT_ONCE = 16;
/** A failing endpoint is asked one message at a time, and no more often than this. */
const PROBE_EVERY_MS = 1000;
const LONGEST_SLEEP_MS = 30_000;
const IDLE_ROUNDS_BEFORE_END = 4;

/**
 * The queue of one endpoint. Messages of one episode go in order, each after the one before was delivered or parked; messages
 * of different episodes may overtake each other. A slow or dead endpoint holds up nobody else.
 */
export class Lane {
  private stopped = false;
  private failing = false;
  private wakeUp: (() => void) | undefined;
  private woken = false;
  private sender: Sender | undefined;
  private senderUrl = '';

  constructor(
    readonly tenant: number,
    readonly webhook: string,
    private readonly deps: LaneDeps,
  ) {}

  /** There may be something new to send, or the subscription may have changed. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  stop(): void {
    this.stopped = true;
    this.wake();
  }

  /** Sends until stopped, until the subscription ends, or until it has been idle for a while. */
  async run(): Promise<void> {
    let idle = 0;
    try {
      while (!this.stopped && idle < IDLE_ROUNDS_BEFORE_END) {
        this.woken = false;
        const sender = await this.currentSender();
        if (sender === undefined) return;
        const pending = await this.deps.deliveries.pending(this.tenant, this.webhook, LOOK_AHEAD);
        const round = dueMessages(pending, this.deps.now()).slice(0, this.failing ? 1 : AT_ONCE);
        if (round.length > 0) {
          idle = 0;
          await this.sendRound(sender, round);
          if (this.failing) await this.sleep(PROBE_EVERY_MS);
        } else {
          idle = pending.length === 0 ? idle + 1 : 0;
          await this.sleepUntilDue(pending);
        }
      }
    } finally {
      await this.sender?.close();
    }
  }

  /** The endpoint as it is configured now; undefined when there is nothing more to send to. */
  private async currentSender(): Promise<Sender | undefined> {
    const endpoint = await this.deps.webhooks.endpoint(this.tenant, this.webhook);
    if (endpoint === undefined) return undefined;
    if (this.sender === undefined || this.senderUrl !== endpoint.url) {
      await this.sender?.close();
      this.sender = createSender(endpoint.url, endpoint.secret, this.deps.rules, AT_ONCE);
      this.senderUrl = endpoint.url;
    }
    return this.sender;
  }

  private async sendRound(sender: Sender, round: readonly Delivery[]): Promise<void> {
    const sent = await Promise.all(
      round.map(async (delivery) => {
        const at = this.deps.now();
        const result = await sender.send(delivery.message, delivery.body, at);
        return { delivery, result, at, milliseconds: this.deps.now() - at };
      }),
    );
    const wasFailing = this.failing;
    this.failing = sent.every(({ result }) => result.outcome !== 'delivered');
    const attempts = sent.map(({ delivery, result, at, milliseconds }) =>
      attemptResult(delivery, result, at, milliseconds, this.deps.now()),
    );
    await this.deps.deliveries.record(this.tenant, this.webhook, attempts);
    sent.forEach(({ delivery, result, at }, index) => {
      const parked = attempts[index]?.status === 'parked' && result.outcome === 'retry';
      this.deps.onSent(delivery, parked ? 'parked' : result.outcome, at);
    });
    if (sent.some(({ result }) => result.outcome === 'gone')) {
      await this.deps.webhooks.disable(this.tenant, this.webhook, 'the endpoint answered 410 Gone');
      await this.deps.deliveries.parkAll(this.tenant, this.webhook, 'the endpoint answered 410 Gone', this.deps.now());
      this.stopped = true;
    } else if (wasFailing && !this.failing) {
      await this.deps.deliveries.hurry(this.tenant, this.webhook, this.deps.now());
    }
  }

  private async sleepUntilDue(pending: readonly Delivery[]): Promise<void> {
    const next = pending.reduce((soonest, delivery) => Math.min(soonest, delivery.nextAttemptAt), Infinity);
    await this.sleep(Math.min(Math.max(next - this.deps.now(), 1), LONGEST_SLEEP_MS));
  }

  private async sleep(ms: number): Promise<void> {
    if (this.woken || this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = undefined;
  }
}

/** The oldest message of each episode, when it is due; what follows it waits, so that an episode is told in order. */
export function dueMessages(pending: readonly Delivery[], now: number): readonly Delivery[] {
  const seen = new Set<string>();
  return pending.filter((delivery) => {
    if (delivery.episode !== null) {
      if (seen.has(delivery.episode)) return false;
      seen.add(delivery.episode);
    }
    return delivery.nextAttemptAt <= now;
  });
}

function attemptResult(
  delivery: Delivery,
  result: SendResult,
  at: number,
  milliseconds: number,
  now: number,
): AttemptResult {
  const head = {
    message: delivery.message,
    attempt: delivery.attempts + 1,
    at,
    milliseconds,
    httpStatus: result.httpStatus,
    error: result.error,
  };
  if (result.outcome === 'delivered') return { ...head, status: 'delivered', next: null };
  const age = now - delivery.createdAt;
  if (result.outcome === 'gone' || age >= GIVE_UP_AFTER_MS) return { ...head, status: 'parked', next: null };
  return { ...head, status: 'pending', next: now + retryDelayMs(age, Math.random(), result.retryAfterSeconds) };
}
