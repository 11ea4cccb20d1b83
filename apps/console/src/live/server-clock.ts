/** A difference that changes an age that is shown. */
const NOTICED_MS = 1_000;

/** The server's clock, set by its heartbeats and carried on by a clock that nobody sets. What is shown of ages goes by it, because the viewer's clock may be wrong. */
export class ServerClock {
  private offset: number | undefined;
  private readonly listeners = new Set<() => void>();

  /** @param steady ms that only ever go on, `performance.now` */
  constructor(
    private readonly steady: () => number,
    private readonly viewers: () => number,
  ) {}

  /** @param at the server's time now, ISO 8601 */
  set(at: string): void {
    const ms = Date.parse(at);
    if (Number.isNaN(ms)) return;
    const wasOff = Math.abs(ms - this.now()) > NOTICED_MS;
    this.offset = ms - this.steady();
    if (wasOff) for (const listener of this.listeners) listener();
  }

  /** Calls when the time has jumped, as it does when the server's is first known and the viewer's was wrong. @returns stops calling */
  onJump(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** ms; the viewer's clock until the server's is known */
  now(): number {
    return this.offset === undefined ? this.viewers() : this.offset + this.steady();
  }
}
