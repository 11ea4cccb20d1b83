/**
 * True for errors that say nothing about the records: connections that break or are refused, a database that restarts, lost
 * races between transactions. SQLSTATE classes: 08 connection, 40 rollback (serialisation, deadlock), 53 out of resources,
 * 57P operator intervention, 55P03 lock not available (PostgreSQL manual, appendix A).
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    if (SOCKET_CODES.has(code)) return true;
    if (/^(08|40|53)...$|^57P|^55P03$/.test(code)) return true;
  }
  if (CONNECTION_MESSAGES.test(error.message)) return true;
  return error instanceof AggregateError && error.errors.length > 0 && error.errors.every(isTransient);
}

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
// pg gives these without a code when the socket ends under a query or while connecting.
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * True when the statement surely did not commit: the server said so, or there never was a connection. When the connection
 * broke after the statement was sent nobody can know.
 */
export function surelyNotCommitted(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error.message.startsWith('timeout exceeded when trying to connect');
  return /^[0-9A-Z]{5}$/.test(code) || code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}
