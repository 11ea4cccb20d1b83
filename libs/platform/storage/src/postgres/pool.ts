import pg from 'pg';
import { coalescingSocket } from './coalescing-socket.js';

export interface PoolOptions {
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** Maximum connections. */
  readonly max?: number;
  /** Idle connections beyond those that are kept are closed after this, ms. */
  readonly idleTimeoutMs?: number;
  /** A statement that runs longer is ended by the server, ms; 0 for none. */
  readonly statementTimeoutMs?: number;
  /** Called with errors of idle connections (server restart, network); the pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

/** Connections that are kept however long nothing happens, about as many as the way of an alert takes at once; a warm-up teaches each its statements. */
const WARM_CONNECTIONS = 4;

/** How many connections a warm-up takes at once, so that it has all that are open. */
export function connectionsToWarm(pool: Pick<pg.Pool, 'totalCount'>): number {
  return Math.max(WARM_CONNECTIONS, pool.totalCount);
}

/**
 * Connections to Postgres. Values come as pg gives them by default, decided once for all stores: int8 as string (exact; use
 * `::float8` for small ones), timestamptz as Date (ms precision is all we store; hot reads select epoch ms as float8).
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'homeostat',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
    // These stay, with the statements they know: the first alert of a quiet hour does not wait for a connection.
    min: Math.min(WARM_CONNECTIONS, options.max ?? 10),
    keepAlive: true,
    // Statements are sent as they come, without waiting for the answer to the one before (see `sentTogether`).
    pipeline: true,
    stream: coalescingSocket,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without listeners a connection's end would end the process: the pool listens while it is idle, nobody while it is in use.
  pool.on('error', (error) => options.onError?.(error));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
