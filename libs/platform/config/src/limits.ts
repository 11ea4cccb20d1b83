import { z } from 'zod';

/** Requests that are taken in a second, averaged over ten; 0 for no limit. */
export interface Limits {
  readonly clientPerSecond: number;
  readonly tenantPerSecond: number;
  /** Attempts to log in as one client from one address. */
  readonly loginPerSecond: number;
  /** Attempts to log in from one address. */
  readonly addressLoginsPerSecond: number;
  /** Server-sent event streams of a process, and how many of them one tenant may have. */
  readonly streams: number;
  readonly tenantStreams: number;
}

const count = z.coerce.number('must be a whole number').int('must be a whole number').min(0, 'must not be negative');
const places = count.min(1, 'must be at least 1');

export const LIMITS_ENVIRONMENT = {
  RATE_LIMIT_CLIENT: count.default(2_000),
  RATE_LIMIT_TENANT: count.default(4_000),
  RATE_LIMIT_LOGIN: count.default(10),
  RATE_LIMIT_LOGIN_ADDRESS: count.default(50),
  MAX_STREAMS: places.default(2_000),
  MAX_STREAMS_TENANT: places.optional(),
} as const;

export function limitsOf(value: z.output<z.ZodObject<typeof LIMITS_ENVIRONMENT>>): Limits {
  return {
    clientPerSecond: value.RATE_LIMIT_CLIENT,
    tenantPerSecond: value.RATE_LIMIT_TENANT,
    loginPerSecond: value.RATE_LIMIT_LOGIN,
    addressLoginsPerSecond: value.RATE_LIMIT_LOGIN_ADDRESS,
    streams: value.MAX_STREAMS,
    tenantStreams: Math.min(value.MAX_STREAMS, value.MAX_STREAMS_TENANT ?? Math.ceil(value.MAX_STREAMS / 2)),
  };
}
