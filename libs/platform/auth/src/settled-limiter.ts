import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

const SETTLE_MS = 100;

/**
 * A limit shared by several processes of which no request waits for Redis: each process counts by itself and adds what it has counted to the
 * shared count ten times a second. Over the shared limit it refuses until the window ends, so all processes together may take
 * what comes within a tenth of a second beyond it. While Redis is away the process's own count remains.
 */
export class SettledLimiter {
  private readonly taken = new Map<string, number>();
  /** Until when (ms) the shared count of a key is over the limit. */
  private readonly over = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly own: Pick<RateLimiterAbstract, 'consume'>,
    private readonly shared: Pick<RateLimiterAbstract, 'consume'>,
  ) {}

  /** @throws {RateLimiterRes} over the limit */
  async consume(key: string): Promise<void> {
    const left = (this.over.get(key) ?? 0) - Date.now();
    if (left > 0) throw new RateLimiterRes(0, left);
    await this.own.consume(key);
    this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
    this.timer ??= setTimeout(() => void this.settle(), SETTLE_MS).unref();
  }

  private async settle(): Promise<void> {
    this.timer = undefined;
    const now = Date.now();
    for (const [key, until] of this.over) if (until <= now) this.over.delete(key);
    const taken = [...this.taken];
    this.taken.clear();
    await Promise.all(taken.map(([key, points]) => this.add(key, points)));
  }

  private async add(key: string, points: number): Promise<void> {
    try {
      await this.shared.consume(key, points);
    } catch (error) {
      if (error instanceof RateLimiterRes) this.over.set(key, Date.now() + error.msBeforeNext);
    }
  }
}
