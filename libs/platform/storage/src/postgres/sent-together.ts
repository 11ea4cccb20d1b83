/** SQLSTATE in_failed_sql_transaction: refused because an earlier statement of the transaction had failed. */
const IN_FAILED_TRANSACTION = '25P02';

/**
 * Waits for statements that were sent on one connection without waiting for each other (pipelined, see `createPool`): one round trip for
 * all of them. They run in the order in which they were sent. Returns or throws only when every one has been answered, so that what is
 * sent next on the connection, a rollback for example, follows them all.
 *
 * COMMIT must not be sent with them: a statement that fails before it is sent does not fail the transaction.
 *
 * @throws the error of the statement that failed, not of those that the database then refused
 */
export async function sentTogether(statements: readonly Promise<unknown>[]): Promise<void> {
  const errors: unknown[] = [];
  for (const outcome of await Promise.allSettled(statements)) {
    if (outcome.status === 'rejected') errors.push(outcome.reason);
  }
  if (errors.length > 0) throw errors.find((error) => !isRefusedAfter(error)) ?? errors[0];
}

function isRefusedAfter(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === IN_FAILED_TRANSACTION;
}
