/** Offsets of partitions that a member has applied and not yet committed to the log, by partition; they are due together, a while after the first. */
export class DueOffsets {
  private readonly offsets = new Map<number, bigint>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly afterMs: number,
    private readonly onDue: () => void,
  ) {}

  set(partition: number, next: bigint): void {
    this.offsets.set(partition, next);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.onDue();
    }, this.afterMs);
  }

  /** Hands them over and forgets them. */
  take(): ReadonlyMap<number, bigint> {
    const taken = new Map(this.offsets);
    this.offsets.clear();
    return taken;
  }

  /** Forgets those of partitions that are no longer this member's. */
  keep(partitions: readonly number[]): void {
    for (const partition of this.offsets.keys()) if (!partitions.includes(partition)) this.offsets.delete(partition);
  }

  /** Becomes due no more. */
  stop(): void {
    clearTimeout(this.timer);
  }
}
