import pg, { type ClientBase } from 'pg';
import type { PostgresWaker } from './postgres-waker.js';

/** Wakers of this process by database; several logs may share a database. */
const wakers = new Map<string, Set<PostgresWaker>>();

/** Lets transactions of this process on that database be followed by a wake. @returns how to take it back */
export function registerWaker(databaseUrl: string, waker: PostgresWaker): () => void {
  const database = placeOf(new pg.Client({ connectionString: databaseUrl }));
  const known = wakers.get(database) ?? new Set();
  wakers.set(database, known.add(waker));
  return () => void known.delete(waker);
}

/** False: nobody in this process can wake for that client, its transaction itself must notify, at a price (see {@link PostgresWaker}). */
export function canWake(client: ClientBase): boolean {
  return wakerOf(client) !== undefined;
}

/** Wakes the consumers once the client's transaction has ended. */
export function wakeAfterCommit(client: ClientBase, topics: readonly string[]): void {
  const waker = wakerOf(client);
  if (waker === undefined) return;
  // The client drains between the statements of a transaction, too; 'I' says that none is open.
  const onDrain = () => {
    if (client.getTransactionStatus() !== 'I') return;
    client.off('drain', onDrain);
    waker.wake(topics);
  };
  if (client.getTransactionStatus() === 'I') waker.wake(topics);
  else client.on('drain', onDrain);
}

function wakerOf(client: ClientBase): PostgresWaker | undefined {
  if (!isPlaced(client)) return undefined;
  const [waker] = wakers.get(placeOf(client)) ?? [];
  return waker;
}

interface Placed {
  readonly host: string;
  readonly port: number;
  readonly database?: string | undefined;
}

function isPlaced(client: ClientBase): client is ClientBase & Placed {
  return 'host' in client && 'port' in client && 'database' in client;
}

function placeOf(client: Placed): string {
  return `${client.host}:${client.port}/${client.database ?? ''}`;
}
