/** What the adapters need of a logger; pino fits. Only ids, counts and reasons are logged, never keys or values. */
export interface LogWriter {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const SILENT: LogWriter = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * What may be said of anything thrown, in a log line or a dead letter: never the data that it stumbled over. Parsers (`JSON.parse`),
 * engines (`TypeError`), schemas and databases quote what they refuse, so only their name or code is said; messages are those of
 * the operating system, of the broker's client, and of `Error`s thrown as such, which our own code writes without data.
 */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'something thrown that is no error';
  const { name, message, code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return `database error ${code}`;
  const said = name === 'Error' || typeof syscall === 'string' || name?.startsWith('KafkaJS') === true;
  if (said && typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : (name ?? 'unknown');
}
