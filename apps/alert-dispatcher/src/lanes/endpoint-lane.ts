import type { DueMessage, LaneStore, LaneView, SigningSecret, WebhookStore } from '#libs/platform/delivery';
import type { EndpointRules } from '#libs/platform/outbound';
import { attemptResult, outcomeOf, type AttemptTimes, type Sent, type SentOutcome } from './attempt-result.js';
import { AGAIN, FRESH, freeSlots, type SlotLimits } from './send-slots.js';
import { createSender, type Sender } from './sender.js';

/** What lanes share. */
export interface LaneDeps {
  readonly webhooks: Pick<WebhookStore, 'disable'>;
  readonly store: LaneStore;
  readonly rules: EndpointRules;
  readonly now: () => number;
  /** An attempt is over and noted; feeds the metrics. */
  readonly onSent: (message: DueMessage, outcome: SentOutcome, attempt: AttemptTimes) => void;
  /** The store was asked for what to send, and answered after so many ms. */
  readonly onLooked?: (milliseconds: number) => void;
}

/** Messages read at once, of each kind. */
const READ = { fresh: 256, again: 64 };
/** A lane that neither delivers nor is woken asks the store no more often. */
const LOOK_EVERY_MS = 1000;
const IDLE_BEFORE_END_MS = 60_000;
/** How long failures gather before they are noted. */
const GATHER_MS = 100;
const GONE = 'the endpoint answered 410 Gone';

/**
 * The queue of one endpoint. Messages of one episode go in order, each after the one before was delivered or parked; of different
 * episodes the highest severity goes first, then the oldest. Each answer is noted when it comes, so a slow one holds up its own episode only,
 * and messages that fail have slots of their own.
 */
export class Lane {
  private stopped = false;
  private woken = true;
  private failure: Error | undefined;
  private wakeUp: (() => void) | undefined;
  private sender: Sender | undefined;
  private secrets: readonly SigningSecret[] = [];
  private due: { fresh: DueMessage[]; again: DueMessage[] } = { fresh: [], again: [] };
  /** The store has more that is due than was read. */
  private more = { fresh: false, again: false };
  /** When the earliest message that waits is due, ms. */
  private nextDue = Infinity;
  /** The earliest of those noted since the store was last asked. */
  private nextNoted = Infinity;
  private lookedAt = -Infinity;
  /** Something was delivered or parked since. */
  private progressed = false;
  private readonly inFlight = new Map<string, { readonly at: number; readonly tried: boolean; followed: boolean }>();
  private readonly sending = new Set<Promise<void>>();
  private ended: Sent[] = [];
  private noting: Promise<void> | undefined;

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
    this.wakeUp?.();
  }

  /** Sends until stopped, until the subscription ends, or until it has been idle for a while. Lets what is on the way end. */
  async run(): Promise<void> {
    try {
      while (!this.stopped) {
        const now = this.deps.now();
        if (this.woken || now >= this.lookAt()) await this.look();
        if (this.stopped) break;
        this.sendDue();
        if (await this.idled()) break;
      }
    } finally {
      while (this.sending.size > 0 || this.noting !== undefined) await Promise.all([...this.sending, this.noting]);
      await this.sender?.close();
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** True when it was woken after its last look: somebody should serve it again. */
  get wanted(): boolean {
    return this.woken;
  }

  private async look(): Promise<void> {
    this.woken = false;
    this.progressed = false;
    this.nextNoted = Infinity;
    const now = this.deps.now();
    this.lookedAt = now;
    const asked = performance.now();
    const view = await this.deps.store.look(this.tenant, this.webhook, {
      now,
      inFlight: [...this.inFlight.keys()],
      ...READ,
    });
    this.deps.onLooked?.(performance.now() - asked);
    if (view === undefined) {
      this.stopped = true;
      return;
    }
    this.useEndpoint(view);
    this.due = { fresh: [...view.fresh], again: [...view.again] };
    this.more = { fresh: view.fresh.length === READ.fresh, again: view.again.length === READ.again };
    this.nextDue = Math.min(view.nextDue ?? Infinity, this.nextNoted);
    for (const message of view.followed) {
      const known = this.inFlight.get(message);
      if (known !== undefined) known.followed = true;
      // It ended while the store was asked: the turn of what follows has come.
      else this.woken = true;
    }
  }

  private useEndpoint({ url, secrets }: LaneView): void {
    this.secrets = secrets;
    if (this.sender?.target === url) return;
    // What is on the way to the old address ends there.
    void this.sender?.close();
    this.sender = createSender(url, this.deps.rules, FRESH.all + AGAIN.all);
  }

  /** When the store should be asked though nobody wakes the lane, ms. */
  private lookAt(): number {
    const drained =
      (this.more.fresh && this.due.fresh.length === 0) || (this.more.again && this.due.again.length === 0);
    if (drained && this.progressed) return 0;
    return Math.max(drained ? 0 : this.nextDue, this.lookedAt + LOOK_EVERY_MS);
  }

  private sendDue(): void {
    for (const message of this.due.fresh.splice(0, this.slots(false).free)) this.send(message);
    for (const message of this.due.again.splice(0, this.slots(true).free)) this.send(message);
  }

  private slots(tried: boolean): ReturnType<typeof freeSlots> {
    const limits: SlotLimits = tried ? AGAIN : FRESH;
    const started = [...this.inFlight.values()].filter((one) => one.tried === tried).map(({ at }) => at);
    return freeSlots(started, limits, this.deps.now());
  }

  private send(message: DueMessage): void {
    const { sender, secrets } = this;
    if (sender === undefined) return;
    const at = this.deps.now();
    this.inFlight.set(message.message, { at, tried: message.tries > 0, followed: message.followed });
    const attempt = sender
      .send({ message: message.message, body: message.body, now: at }, secrets)
      .then((result) => {
        this.ended.push({ message, result, at, answeredAt: this.deps.now() });
        this.noting ??= this.note();
      })
      .finally(() => this.sending.delete(attempt));
    this.sending.add(attempt);
  }

  /** Notes what has ended, all at once; what ends meanwhile gathers for the next round. Failures have time. */
  private async note(): Promise<void> {
    try {
      while (this.ended.length > 0) {
        if (this.ended.every(({ result }) => result.outcome === 'failed' || result.outcome === 'refused'))
          await pause(GATHER_MS);
        const ended = this.ended;
        this.ended = [];
        await this.record(ended);
        this.wakeUp?.();
      }
    } catch (error) {
      this.failure ??= error as Error;
      this.ended = [];
      this.stop();
    } finally {
      // In the same turn as the last look at what has ended, so that nothing falls between.
      this.noting = undefined;
    }
  }

  private async record(ended: readonly Sent[]): Promise<void> {
    const results = ended.map((sent) => attemptResult(sent));
    await this.deps.store.record(this.tenant, this.webhook, results);
    ended.forEach(({ message, result, at, answeredAt }, index) => {
      const { status, next } = results[index]!;
      const followed = this.inFlight.get(message.message)?.followed === true;
      this.inFlight.delete(message.message);
      if (next === null) {
        this.progressed = true;
        this.woken ||= followed;
      } else {
        this.nextDue = Math.min(this.nextDue, next);
        this.nextNoted = Math.min(this.nextNoted, next);
      }
      this.deps.onSent(message, outcomeOf(result, status), { at, answeredAt });
    });
    if (ended.some(({ result }) => result.outcome === 'gone')) {
      await this.deps.webhooks.disable(this.tenant, this.webhook, GONE);
      await this.deps.store.parkAll(this.tenant, this.webhook, GONE, this.deps.now());
      this.stop();
    }
  }

  /** Sleeps until there is something to do. @returns true when there was nothing for so long that the lane may end */
  private async idled(): Promise<boolean> {
    if (this.woken || this.stopped) return false;
    const now = this.deps.now();
    const idle = this.inFlight.size === 0 && this.lookAt() === Infinity;
    const times = [
      this.lookAt(),
      this.due.fresh.length > 0 ? (this.slots(false).freeAt ?? Infinity) : Infinity,
      this.due.again.length > 0 ? (this.slots(true).freeAt ?? Infinity) : Infinity,
      idle ? now + IDLE_BEFORE_END_MS : Infinity,
    ];
    const at = Math.min(...times);
    const came = await new Promise<boolean>((resolve) => {
      // A timer may fire a millisecond early, and one beyond 2³¹ ms at once.
      const timer = at === Infinity ? undefined : setTimeout(() => resolve(false), Math.min(at - now + 2, 2 ** 31 - 1));
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    this.wakeUp = undefined;
    return idle && !came && !this.woken;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
