/**
 * True for errors that say nothing about the records: connections that break or are refused, a database that restarts, lost
 * races between transactions. SQLSTATE classes: 08 connection, 40 rollback (serialisation, deadlock), 53 out of resources,
 * 57P operator intervention, 57014 statement timeout, 55P03 lock not available (PostgreSQL manual, appendix A).
 */
export function isTransient(error: unknown): boolean {
  if (!isErrorLike(error)) return false;
  const { code } = error;
  if (typeof code === 'string') {
    if (SOCKET_CODES.has(code)) return true;
    if (/^(08|40|53)...$|^57P|^55P03$/.test(code) || isTimeout(error) || isStalePlan(error)) return true;
  }
  if (CONNECTION_MESSAGES.test(error.message)) return true;
  const { errors } = error;
  return Array.isArray(errors) && errors.length > 0 && errors.every(isTransient);
}

/**
 * True when a migration changed the type of a column that a prepared statement of this connection returns (`cached plan must not change
 * result type`). It fails so on this connection for ever, and works on a new one.
 */
export function isStalePlan(error: unknown): boolean {
  return isErrorLike(error) && error.code === '0A000' && error.message.startsWith('cached plan must not change');
}

/** True when the statement took longer than it may: because the server is busy, or because of what it was asked. */
export function isTimeout(error: unknown): boolean {
  return isErrorLike(error) && error.code === '57014';
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
  if (!isErrorLike(error)) return false;
  const { code } = error;
  if (typeof code !== 'string') return error.message.startsWith('Client has encountered a connection error');
  return /^[0-9A-Z]{5}$/.test(code) || code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

interface ErrorLike {
  readonly message: string;
  readonly code?: unknown;
  readonly errors?: unknown;
}

/** By shape and not by class: errors of Node's own modules have another `Error` where code runs in a context of its own. */
function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}
