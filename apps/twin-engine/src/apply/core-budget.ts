/**
 * The time that one patient may take in the core. Counted as processor time of this thread: what a busy machine gives to others is not the
 * patient's doing. The clock is asked first, because it costs less.
 */
export class CoreBudget {
  private used = 0;
  private begunAt = 0;
  private begun = process.threadCpuUsage();

  constructor(private readonly maxMs: number) {}

  begin(): void {
    this.begunAt = performance.now();
    this.begun = process.threadCpuUsage();
  }

  end(): void {
    this.used += this.sinceBegun();
  }

  isSpent(): boolean {
    if (this.used + performance.now() - this.begunAt < this.maxMs) return false;
    return this.used + this.sinceBegun() >= this.maxMs;
  }

  private sinceBegun(): number {
    const { user, system } = process.threadCpuUsage(this.begun);
    return (user + system) / 1000;
  }
}
