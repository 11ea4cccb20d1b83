import type { Lane } from './partition-lane.js';

/** The partitions assigned to one member. What is paused stays so when a partition goes and comes back. */
export class Lanes {
  private readonly byPartition = new Map<number, Lane>();
  private readonly paused = new Set<number>();
  private allPaused = false;

  get(partition: number): Lane | undefined {
    return this.byPartition.get(partition);
  }

  all(): readonly Lane[] {
    return [...this.byPartition.values()];
  }

  partitions(): readonly number[] {
    return [...this.byPartition.keys()].sort((a, b) => a - b);
  }

  add(lane: Lane): void {
    if (this.isPaused(lane.partition)) lane.pause();
    this.byPartition.set(lane.partition, lane);
  }

  remove(partition: number): void {
    this.byPartition.delete(partition);
  }

  /** Gives them up, without stopping them. */
  clear(): ReadonlyMap<number, Lane> {
    const gone = new Map(this.byPartition);
    this.byPartition.clear();
    return gone;
  }

  /** One partition, or all that there are and will be. */
  pause(partition?: number): void {
    if (partition === undefined) this.allPaused = true;
    else this.paused.add(partition);
    for (const lane of this.all()) if (this.isPaused(lane.partition)) lane.pause();
  }

  resume(partition?: number): void {
    if (partition === undefined) {
      this.allPaused = false;
      this.paused.clear();
    } else this.paused.delete(partition);
    for (const lane of this.all()) if (lane.paused && !this.isPaused(lane.partition)) lane.resume();
  }

  private isPaused(partition: number): boolean {
    return this.allPaused || this.paused.has(partition);
  }
}
