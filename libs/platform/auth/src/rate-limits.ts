import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { AppConfig } from '#libs/platform/config';
import type { Access } from './access.js';
import { SettledLimiter } from './settled-limiter.js';

/** Whose share is used up. */
export type Limited = 'client' | 'tenant' | 'login';

/** More than the limit within {@link WINDOW_SECONDS}: the caller may come back after a while. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
  constructor(
    readonly limited: Limited,
    /** At least 1. */
    readonly retryAfterSeconds: number,
  ) {
    super(`more requests than one ${limited} may make; come back in ${retryAfterSeconds} s`);
  }
}

/** Limits are set per second and counted over this time, so that bursts are no refusals. */
export const WINDOW_SECONDS = 10;

export interface RateLimitOptions {
  /** Connection to Redis (ioredis); without it every process counts for itself. While Redis is away, too. */
  readonly redis?: object | undefined;
  readonly onLimited?: (limited: Limited) => void;
}

interface Counter {
  readonly limited: Limited;
  readonly counter: Pick<RateLimiterAbstract, 'consume'> | SettledLimiter;
}

/**
 * Requests of a client, of all clients of a tenant, and attempts to log in, by address and by address and client together (so that nobody
 * locks a client out from elsewhere). Every bucket stands for itself: one tenant at its limit takes nothing from another.
 */
export class RateLimits {
  private readonly client: Counter | undefined;
  private readonly tenant: Counter | undefined;
  private readonly login: Counter | undefined;
  private readonly address: Counter | undefined;

  constructor(
    limits: AppConfig['limits'],
    private readonly options: RateLimitOptions = {},
  ) {
    this.client = this.counter('client', 'client', limits.clientPerSecond);
    this.tenant = this.counter('tenant', 'tenant', limits.tenantPerSecond);
    this.login = this.counter('login', 'login', limits.loginPerSecond);
    this.address = this.counter('login', 'address', limits.addressLoginsPerSecond);
  }

  /** Counts a request. What a client is refused does not count for its tenant. @throws {RateLimitedError} */
  async request({ tenant, client }: Pick<Access, 'tenant' | 'client'>): Promise<void> {
    await this.take(this.client, `${tenant.key}/${client}`);
    await this.take(this.tenant, String(tenant.key));
  }

  /** Counts an attempt to log in, before anything of it is checked. @throws {RateLimitedError} */
  async attempt(address: string, client: string): Promise<void> {
    await this.take(this.address, address);
    await this.take(this.login, `${address}/${client}`);
  }

  private counter(limited: Limited, name: string, perSecond: number): Counter | undefined {
    if (perSecond === 0) return undefined;
    const { redis } = this.options;
    const settings = {
      keyPrefix: `homeostat:limit:${name}`,
      points: perSecond * WINDOW_SECONDS,
      duration: WINDOW_SECONDS,
    };
    const memory = new RateLimiterMemory(settings);
    if (redis === undefined) return { limited, counter: memory };
    const store = { ...settings, storeClient: redis, rejectIfRedisNotReady: true };
    if (limited !== 'login') return { limited, counter: new SettledLimiter(memory, new RateLimiterRedis(store)) };
    // Exact, for what follows costs much more. Who is over the limit costs no further question until the window ends.
    const inMemoryBlockOnConsumed = settings.points + 1;
    const shared = new RateLimiterRedis({ ...store, insuranceLimiter: memory, inMemoryBlockOnConsumed });
    return { limited, counter: shared };
  }

  private async take(of: Counter | undefined, key: string): Promise<void> {
    if (of === undefined) return;
    try {
      await of.counter.consume(key.slice(0, MAX_KEY));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      this.options.onLimited?.(of.limited);
      throw new RateLimitedError(of.limited, Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
    }
  }
}

/** Client ids come from outside. */
const MAX_KEY = 256;
