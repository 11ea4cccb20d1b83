import type { Pool, PoolClient } from 'pg';

/** SQLSTATE of `cached plan must not change result type`: such a statement fails for ever on its connection. */
const STALE_PLAN = '0A000';

/**
 * Does the work in one transaction: committed when it returns, rolled back when it throws. A connection that cannot be rolled back, or whose
 * prepared statements a migration made stale, is closed; one whose work was only refused goes back to the pool.
 *
 * @param begin the statement that begins it, where isolation or access differ
 * @throws what the work or the database throws
 */
export async function inTransaction<T>(
  pool: Pick<Pool, 'connect'>,
  work: (client: PoolClient) => Promise<T>,
  begin = 'BEGIN',
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    if ((error as { code?: unknown }).code === STALE_PLAN) broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}
