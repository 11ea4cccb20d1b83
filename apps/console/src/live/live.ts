import { fetchWithSession } from '../api/client.js';
import { firstWardAnswered } from '../api/first-ward.js';
import { session } from '../app/session.js';
import { laterOf, type Heard } from './connection-state.js';
import type { StreamEvent } from './event-text.js';
import { ServerClock } from './server-clock.js';
import { keepStreaming } from './stream-connection.js';

/** What a tab is passed: events that came together, or that the stream began anew, so what was before it is to be read. */
export type LiveMessage =
  | { readonly kind: 'events'; readonly events: readonly StreamEvent[] }
  | { readonly kind: 'anew' };

/** What tabs say to each other besides: one has come, and the one that reads the stream answers how new its data are. */
type TabMessage =
  | LiveMessage
  | { readonly kind: 'came' }
  | { readonly kind: 'known'; readonly newestAt: string | null };

/** The stream waits for the first patients at most so long: well before a connection counts as lost. */
const WAITS_MS = 1_500;

type Listener = (message: LiveMessage) => void;

/**
 * The stream of all patients, one connection for all tabs of the browser: the tab that holds a lock reads it and passes it on. When that
 * tab goes, another gets the lock and goes on after the last event that it was passed.
 */
class Live {
  readonly clock = new ServerClock(
    () => performance.now(),
    () => Date.now(),
  );
  heard: Heard = { at: performance.now(), newestAt: null };
  private readonly listeners = new Set<Listener>();
  private lastId: string | undefined;
  private channel: BroadcastChannel | undefined;

  /** Calls with all that comes until the returned function is called; opens the stream when nobody has. */
  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    this.channel ??= this.open();
    return () => this.listeners.delete(listener);
  };

  private open(): BroadcastChannel {
    const { signedIn } = session.current();
    // Tabs of another person, or another tenant, are passed nothing.
    const name = `homeostat-live/${signedIn?.tenant.id ?? ''}/${signedIn?.user.name ?? ''}`;
    const channel = new BroadcastChannel(name);
    let isReading = false;
    channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
      if (data.kind === 'known') this.know(data.newestAt);
      else if (data.kind !== 'came') this.take(data);
      else if (isReading) channel.postMessage({ kind: 'known', newestAt: this.heard.newestAt } satisfies TabMessage);
    });
    channel.postMessage({ kind: 'came' } satisfies TabMessage);
    // Browsers have locks on pages of https and localhost only; elsewhere each tab has a connection of its own.
    if ('locks' in navigator)
      void navigator.locks.request(name, () => {
        isReading = true;
        return this.stream((message) => {
          channel.postMessage(message);
          this.take(message);
        });
      });
    else void this.stream((message) => this.take(message));
    return channel;
  }

  /** Until the tab goes. */
  private async stream(tell: Listener): Promise<void> {
    await firstWardAnswered(WAITS_MS);
    return keepStreaming(
      new URL('/v1/stream', location.origin).href,
      {
        fetch: fetchWithSession,
        onEvents: (events) => tell({ kind: 'events', events }),
        onAnew: () => tell({ kind: 'anew' }),
        lastId: () => this.lastId,
      },
      new AbortController().signal,
    );
  }

  /**
   * Called with an answer that is shown before the stream was heard, so that a lost connection can say how new it is.
   *
   * @param at the server's time of the answer
   * @param newestAt its newest data, null: none
   */
  answered(at: string, newestAt: string | null): void {
    this.clock.set(at);
    this.know(newestAt);
  }

  private know(newestAt: string | null): void {
    this.heard = { ...this.heard, newestAt: laterOf(this.heard.newestAt, newestAt) };
  }

  private take(message: LiveMessage): void {
    if (message.kind === 'events') for (const event of message.events) this.note(event);
    for (const listener of this.listeners) listener(message);
  }

  private note({ id, event, data }: StreamEvent): void {
    this.lastId = id ?? this.lastId;
    if (event !== 'heartbeat') {
      this.heard = { ...this.heard, at: performance.now() };
      return;
    }
    const { at, newestAt } = JSON.parse(data) as { at: string; newestAt: string | null };
    this.clock.set(at);
    this.heard = { at: performance.now(), newestAt };
  }
}

export const live = new Live();
