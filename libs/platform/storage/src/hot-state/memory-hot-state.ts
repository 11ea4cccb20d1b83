import type { HotState, HotTwin } from './hot-state.js';

const MAX_TWINS = 20_000;
const TTL_MS = 60_000;

/**
 * Hot state of a system that is one process: views in memory; the least recently written leave when there are too many, and
 * each after a while (another process may have taken over its patient).
 */
export class MemoryHotState implements HotState {
  private readonly twins = new Map<string, { readonly twin: HotTwin; readonly until: number }>();
  private readonly listeners = new Map<string, Set<(message: string) => void>>();

  constructor(
    private readonly most = MAX_TWINS,
    private readonly ttlMs = TTL_MS,
  ) {}

  get(tenant: number, patient: string): Promise<HotTwin | undefined> {
    const held = this.twins.get(`${tenant}/${patient}`);
    return Promise.resolve(held === undefined || held.until < performance.now() ? undefined : held.twin);
  }

  put(twins: readonly HotTwin[]): Promise<void> {
    const until = performance.now() + this.ttlMs;
    for (const twin of twins) {
      const key = `${twin.tenant}/${twin.patient}`;
      const held = this.twins.get(key);
      if (held !== undefined && held.twin.version > twin.version) continue;
      this.twins.delete(key);
      this.twins.set(key, { twin, until });
    }
    for (const key of this.twins.keys()) {
      if (this.twins.size <= this.most) break;
      this.twins.delete(key);
    }
    return Promise.resolve();
  }

  publish(messages: readonly { readonly channel: string; readonly message: string }[]): Promise<void> {
    for (const { channel, message } of messages) {
      for (const listener of this.listeners.get(channel) ?? []) setImmediate(() => listener(message));
    }
    return Promise.resolve();
  }

  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>> {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners);
    // A function of its own, so that one listener can subscribe twice.
    const listener = (message: string): void => onMessage(message);
    listeners.add(listener);
    return Promise.resolve(() => {
      listeners.delete(listener);
      if (listeners.size === 0) this.listeners.delete(channel);
      return Promise.resolve();
    });
  }

  healthy(): boolean {
    return true;
  }

  close(): Promise<void> {
    this.twins.clear();
    this.listeners.clear();
    return Promise.resolve();
  }
}
