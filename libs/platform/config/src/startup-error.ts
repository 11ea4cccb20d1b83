/** A process cannot start: a service that it needs is away, or a port is taken. The message is one clear line. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
