import type { ClientBase } from 'pg';
import { sentTogether } from './sent-together.js';

/**
 * Commits the transaction of statements that were sent without waiting for each other: COMMIT follows them at once, so that what they lock is held for
 * no round trip more than they need. The database commits nothing when one of them failed there. One that fails before it is sent (a value
 * that cannot be written) would go unnoticed by it: such failures show within one turn of the event loop, and COMMIT is sent after that. A
 * client that does not pipeline sends later than that: there every answer is waited for.
 *
 * @throws the error of the statement that failed; the transaction is open then unless the database has ended it
 */
export async function commitBehind(client: ClientBase, statements: readonly Promise<unknown>[]): Promise<void> {
  if ('pipeline' in client && client.pipeline === true) await noneFailedUnsent(statements);
  else await sentTogether(statements);
  await sentTogether([...statements, client.query('COMMIT')]);
}

async function noneFailedUnsent(statements: readonly Promise<unknown>[]): Promise<void> {
  let hasFailed = false;
  for (const statement of statements) statement.catch(() => (hasFailed = true));
  await new Promise((resolve) => setImmediate(resolve));
  if (hasFailed) await sentTogether(statements);
}
