/** A value in the environment that cannot be used; the message is one line and never holds a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** @throws {ConfigError} for a text, which says what is wrong */
export function usable<T>(value: T | string): T {
  if (typeof value === 'string') throw new ConfigError(`configuration: ${value}`);
  return value;
}
