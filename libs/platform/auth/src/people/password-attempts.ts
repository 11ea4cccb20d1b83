import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { foldedName } from '#libs/platform/storage';
import { RateLimitedError, type RateLimitOptions } from '../rate-limits.js';

const MINUTE = 60;
/**
 * Wrong passwords within a time, seconds. Few for a name from one address; more for a name from anywhere, so that nobody locks a person out
 * from elsewhere soon; and many for an address, which a whole ward may share.
 */
const BY_NAME_AND_ADDRESS = { points: 10, duration: 10 * MINUTE };
const BY_NAME = { points: 50, duration: 60 * MINUTE };
const BY_ADDRESS = { points: 100, duration: 10 * MINUTE };
const MAX_KEY = 256;

/** Slows the guessing of passwords. Names that nobody has count as others do: what is refused says nothing of them. */
export class PasswordAttempts {
  private readonly pair: RateLimiterAbstract;
  private readonly name: RateLimiterAbstract;
  private readonly address: RateLimiterAbstract;

  constructor(private readonly options: RateLimitOptions = {}) {
    this.pair = this.counter('password-pair', BY_NAME_AND_ADDRESS);
    this.name = this.counter('password-name', BY_NAME);
    this.address = this.counter('password-address', BY_ADDRESS);
  }

  /** Counts an attempt as a wrong one, before the password is looked at. @throws {RateLimitedError} */
  async begin(address: string, name: string): Promise<void> {
    await this.take(this.address, address);
    await this.take(this.pair, pairOf(address, name));
    await this.take(this.name, nameOf(name));
  }

  /** The password was right: the attempt does not count, and those before it from there are forgotten. */
  async accepted(address: string, name: string): Promise<void> {
    await this.pair.delete(pairOf(address, name));
    await this.name.reward(nameOf(name), 1);
    await this.address.reward(address, 1);
  }

  private counter(kind: string, limit: { readonly points: number; readonly duration: number }): RateLimiterAbstract {
    const settings = { keyPrefix: `homeostat:limit:${kind}`, ...limit };
    const memory = new RateLimiterMemory(settings);
    const { redis } = this.options;
    if (redis === undefined) return memory;
    return new RateLimiterRedis({
      ...settings,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: memory,
    });
  }

  private async take(counter: RateLimiterAbstract, key: string): Promise<void> {
    try {
      await counter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      this.options.onLimited?.('login');
      throw new RateLimitedError('login', Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
    }
  }
}

function nameOf(name: string): string {
  return foldedName(name).slice(0, MAX_KEY);
}

function pairOf(address: string, name: string): string {
  return `${address}/${nameOf(name)}`;
}
