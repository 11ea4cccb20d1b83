import { byPatient, type HotState, type HotTwin } from './hot-state.js';

const MAX_TWINS = 20_000;
const TTL_MS = 60_000;

interface PrefixListener {
  readonly prefix: string;
  readonly onMessage: (rest: string, message: string) => void;
}

/**
 * Hot state of a system that is one process: views in memory; the least recently written leave when there are too many, and
 * each after a while (another process may have taken over its patient).
 */
export class MemoryHotState implements HotState {
  private readonly twins = new Map<string, { readonly twin: HotTwin; readonly until: number }>();
  private readonly listeners = new Map<string, Set<(message: string) => void>>();
  private readonly prefixListeners = new Set<PrefixListener>();

  constructor(
    private readonly most = MAX_TWINS,
    private readonly ttlMs = TTL_MS,
  ) {}

  get(tenant: number, patient: string): Promise<HotTwin | undefined> {
    const held = this.twins.get(`${tenant}/${patient}`);
    return Promise.resolve(held === undefined || held.until < performance.now() ? undefined : held.twin);
  }

  async getMany(tenant: number, patients: readonly string[]): Promise<ReadonlyMap<string, HotTwin>> {
    const found = await Promise.all(patients.map((patient) => this.get(tenant, patient)));
    return byPatient(found);
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
      for (const { prefix, onMessage } of this.prefixListeners)
        if (channel.startsWith(prefix)) setImmediate(() => onMessage(channel.slice(prefix.length), message));
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

  subscribePrefix(prefix: string, onMessage: PrefixListener['onMessage']): Promise<() => Promise<void>> {
    const listener = { prefix, onMessage };
    this.prefixListeners.add(listener);
    return Promise.resolve(() => {
      this.prefixListeners.delete(listener);
      return Promise.resolve();
    });
  }

  healthy(): boolean {
    return true;
  }

  close(): Promise<void> {
    this.twins.clear();
    this.listeners.clear();
    this.prefixListeners.clear();
    return Promise.resolve();
  }
}
