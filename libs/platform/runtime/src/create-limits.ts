import { PasswordAttempts, RateLimits, type Limited } from '#libs/platform/auth';
import type { AppConfig } from '#libs/platform/config';
import { connectRedis } from '#libs/platform/storage';
import type { Metrics } from '#libs/platform/telemetry';

/** What is counted and bounded by client, tenant, address and name: together with other processes where there is Redis. */
export interface ProcessLimits {
  readonly limits: RateLimits;
  readonly passwordAttempts: PasswordAttempts;
}

export function createLimits(config: AppConfig, metrics: Metrics, stops: (() => Promise<void>)[]): ProcessLimits {
  const redis =
    config.redisUrl === undefined ? undefined : connectRedis(config.redisUrl, { caFile: config.security.redisCaFile });
  if (redis !== undefined) stops.push(async () => redis.disconnect());
  const limited = metrics.counter('homeostat_rate_limited_total', 'Requests and logins over a limit', ['limit']);
  const options = { redis, onLimited: (limit: Limited) => limited.inc({ limit }) };
  return { limits: new RateLimits(config.limits, options), passwordAttempts: new PasswordAttempts(options) };
}
