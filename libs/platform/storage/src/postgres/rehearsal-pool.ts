import type { Pool } from 'pg';

/**
 * A pool whose transactions do everything but commit: statements are planned, catalogues read and code compiled before the first
 * real transaction needs them, and the database is left as it was. `begin` is run first in each transaction.
 */
export function rehearsalPool(pool: Pool, begin: string): Pick<Pool, 'connect'> {
  return {
    connect: (async () => {
      const client = await pool.connect();
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      const release = client.release.bind(client);
      return Object.assign(client, {
        query: (...args: unknown[]) => {
          const [first] = args;
          // With settings of the transaction behind it, or without.
          if (typeof first === 'string' && first.startsWith('BEGIN')) return query(`${first}; ${begin}`);
          return first === 'COMMIT' ? query('ROLLBACK') : query(...args);
        },
        release: (destroy?: Error | boolean) => {
          // What was put over the methods goes, so that the pool's client is its own again.
          delete (client as Partial<typeof client>).query;
          release(destroy);
        },
      });
    }) as Pool['connect'],
  };
}
