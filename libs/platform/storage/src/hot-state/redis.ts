import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { byPatient, type HotState, type HotTwin } from './hot-state.js';

export interface RedisHotStateOptions {
  /** Start of every key and channel. */
  readonly prefix?: string;
  /** A view that is not renewed goes after this, ms: no view outlives a lost write for longer. */
  readonly ttlMs?: number;
  /** Longest wait for an answer, ms. */
  readonly patienceMs?: number;
  /** PEM of the authority that signed the server's certificate, with `rediss://`. */
  readonly caFile?: string | undefined;
}

/**
 * Writes a view unless a newer one is held. A script, because compare and set must be one step: two engines may write the same
 * twin while a partition moves. One call for many twins; keys share the prefix, not a hash slot, so: no Redis Cluster.
 */
const PUT = `
for i = 1, #KEYS do
  local held = redis.call('HGET', KEYS[i], 'v')
  if not held or tonumber(held) <= tonumber(ARGV[2 * i]) then
    redis.call('HSET', KEYS[i], 'v', ARGV[2 * i], 'view', ARGV[2 * i + 1])
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
end
return #KEYS`;
const TWINS_PER_CALL = 100;
const MAX_UNWRITTEN = 10_000;
/** Between two attempts to remove what could not be written, ms. */
const FORGET_AGAIN_MS = 100;

type WithPut = Redis & { putTwins(keys: number, ...args: (string | number)[]): Promise<number> };

/**
 * Hot state in Redis, shared by all processes. Views that could not be written while Redis was away are remembered (by key) and
 * removed when it is back, so that a reader goes to Postgres instead of finding an old one.
 */
export class RedisHotState implements HotState {
  private readonly writer: WithPut;
  private reader: Redis | undefined;
  private readonly listeners = new Map<string, Set<(message: string) => void>>();
  private readonly patternListeners = new Map<string, Set<(channel: string, message: string) => void>>();
  private readonly unwritten = new Set<string>();
  private readonly prefix: string;
  private readonly ttlMs: number;
  private degraded = false;
  private closed = false;
  private forgetting: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly options: RedisHotStateOptions = {},
  ) {
    this.prefix = options.prefix ?? 'homeostat:';
    this.ttlMs = options.ttlMs ?? 60_000;
    this.writer = connectRedis(this.url, this.options) as WithPut;
    this.writer.defineCommand('putTwins', { lua: PUT });
    this.writer.on('ready', () => void this.forgetUnwritten());
  }

  async get(tenant: number, patient: string): Promise<HotTwin | undefined> {
    const key = this.keyOf(tenant, patient);
    const held = await this.attempt(() => this.writer.hmget(key, 'v', 'view'));
    return hotTwinOf(tenant, patient, held);
  }

  async getMany(tenant: number, patients: readonly string[]): Promise<ReadonlyMap<string, HotTwin>> {
    // Commands of one turn leave together: there is no need of a pipeline, which would wait for the last answer.
    return byPatient(await Promise.all(patients.map((patient) => this.get(tenant, patient))));
  }

  async put(twins: readonly HotTwin[]): Promise<void> {
    const calls: Promise<void>[] = [];
    for (let start = 0; start < twins.length; start += TWINS_PER_CALL)
      calls.push(this.putSome(twins.slice(start, start + TWINS_PER_CALL)));
    await Promise.all(calls);
  }

  async publish(messages: readonly { readonly channel: string; readonly message: string }[]): Promise<void> {
    if (messages.length === 0) return;
    await this.attempt(async () => {
      const pipeline = this.writer.pipeline();
      for (const { channel, message } of messages) pipeline.publish(this.prefix + channel, message);
      await pipeline.exec();
    });
  }

  async subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>> {
    const reader = (this.reader ??= this.startReader());
    const name = this.prefix + channel;
    const listener = (message: string): void => onMessage(message);
    const listeners = this.listeners.get(name);
    if (listeners === undefined) {
      this.listeners.set(name, new Set([listener]));
      // Without a connection ioredis would refuse; the reader subscribes to all channels when it is ready.
      if (reader.status === 'ready') await reader.subscribe(name).catch(() => undefined);
    } else listeners.add(listener);
    return async () => {
      const held = this.listeners.get(name);
      if (held?.delete(listener) !== true || held.size > 0) return;
      this.listeners.delete(name);
      if (reader.status === 'ready') await reader.unsubscribe(name).catch(() => undefined);
    };
  }

  async subscribePrefix(
    prefix: string,
    onMessage: (rest: string, message: string) => void,
  ): Promise<() => Promise<void>> {
    const reader = (this.reader ??= this.startReader());
    const name = this.prefix + prefix;
    const pattern = `${literal(name)}*`;
    const listener = (channel: string, message: string): void => onMessage(channel.slice(name.length), message);
    const listeners = this.patternListeners.get(pattern);
    if (listeners === undefined) {
      this.patternListeners.set(pattern, new Set([listener]));
      if (reader.status === 'ready') await reader.psubscribe(pattern).catch(() => undefined);
    } else listeners.add(listener);
    return async () => {
      const held = this.patternListeners.get(pattern);
      if (held?.delete(listener) !== true || held.size > 0) return;
      this.patternListeners.delete(pattern);
      if (reader.status === 'ready') await reader.punsubscribe(pattern).catch(() => undefined);
    };
  }

  healthy(): boolean {
    return this.writer.status === 'ready' && !this.degraded;
  }

  close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.forgetting);
    this.writer.disconnect();
    this.reader?.disconnect();
    return Promise.resolve();
  }

  private async putSome(twins: readonly HotTwin[]): Promise<void> {
    const keys = twins.map((twin) => this.keyOf(twin.tenant, twin.patient));
    const values = twins.flatMap((twin) => [twin.version, twin.view]);
    const done = await this.attempt(() => this.writer.putTwins(keys.length, ...keys, this.ttlMs, ...values));
    if (done === undefined) for (const key of keys) this.remember(key);
    else if (this.unwritten.size > 0) for (const key of keys) this.unwritten.delete(key);
  }

  private remember(key: string): void {
    // Beyond this many, the time to live has to do.
    if (this.unwritten.size < MAX_UNWRITTEN) this.unwritten.add(key);
  }

  private async forgetUnwritten(): Promise<void> {
    const keys = [...this.unwritten];
    this.unwritten.clear();
    for (let start = 0; start < keys.length; start += TWINS_PER_CALL) {
      const some = keys.slice(start, start + TWINS_PER_CALL);
      const done = await this.attempt(() => this.writer.unlink(some));
      if (done === undefined) for (const key of some) this.remember(key);
    }
    // A slow answer is no new connection: without another attempt the old views would stay for their time to live.
    if (this.unwritten.size === 0 || this.closed || this.forgetting !== undefined) return;
    this.forgetting = setTimeout(() => {
      this.forgetting = undefined;
      void this.forgetUnwritten();
    }, FORGET_AGAIN_MS).unref();
  }

  /** undefined when Redis is away or slow; it is asked again at the next call. */
  private async attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (this.closed || this.writer.status !== 'ready') return undefined;
    try {
      const answer = await command();
      this.degraded = false;
      return answer;
    } catch {
      this.degraded = true;
      return undefined;
    }
  }

  private startReader(): Redis {
    const reader = connectRedis(this.url, this.options);
    reader.on('ready', () => {
      const channels = [...this.listeners.keys()];
      const patterns = [...this.patternListeners.keys()];
      if (channels.length > 0) reader.subscribe(...channels).catch(() => reader.disconnect(true));
      if (patterns.length > 0) reader.psubscribe(...patterns).catch(() => reader.disconnect(true));
    });
    reader.on('pmessage', (pattern: string, channel: string, message: string) => {
      for (const listener of this.patternListeners.get(pattern) ?? []) listener(channel, message);
    });
    reader.on('message', (channel: string, message: string) => {
      for (const listener of this.listeners.get(channel) ?? []) listener(message);
    });
    return reader;
  }

  private keyOf(tenant: number, patient: string): string {
    return `${this.prefix}twin:${tenant}/${patient}`;
  }
}

/** A connection that answers at once or not at all: what uses it goes on without Redis. */
export function connectRedis(
  url: string,
  { patienceMs = 500, caFile }: Pick<RedisHotStateOptions, 'patienceMs' | 'caFile'> = {},
): Redis {
  const redis = new Redis(url, {
    ...(caFile === undefined ? {} : { tls: { ca: readFileSync(caFile) } }),
    commandTimeout: patienceMs,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  });
  // ioredis prints errors without a listener; healthy() reports them. It listens to a socket once: a second error of it, as a refused
  // TLS handshake can bring, would end the process.
  redis.on('error', () => void redis.stream?.on('error', () => undefined));
  return redis;
}

function hotTwinOf(tenant: number, patient: string, held: readonly (string | null)[] | undefined): HotTwin | undefined {
  const [version, view] = held ?? [];
  if (version == null || view == null) return undefined;
  return { tenant, patient, version: Number(version), view };
}

/** What a pattern of Redis takes literally. */
function literal(text: string): string {
  return text.replace(/[\\*?[\]^]/g, String.raw`\$&`);
}
