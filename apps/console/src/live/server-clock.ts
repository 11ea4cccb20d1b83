/** The server's clock, set by its heartbeats and carried on by a clock that nobody sets. What is shown of ages goes by it, because the viewer's clock may be wrong. */
export class ServerClock {
  private offset: number | undefined;

  /** @param steady ms that only ever go on, `performance.now` */
  constructor(
    private readonly steady: () => number,
    private readonly viewers: () => number,
  ) {}

  /** @param at the server's time now, ISO 8601 */
  set(at: string): void {
    const ms = Date.parse(at);
    if (!Number.isNaN(ms)) this.offset = ms - this.steady();
  }

  /** ms; the viewer's clock until the server's is known */
  now(): number {
    return this.offset === undefined ? this.viewers() : this.offset + this.steady();
  }
}
