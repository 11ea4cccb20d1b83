import type { TwinState } from '#libs/domain/twin';

/** A twin in this engine's hands. */
export interface HeldTwin {
  readonly key: string;
  readonly state: TwinState;
  /** When the newest value of each measure was recorded (ms), by catalogue number. */
  readonly recorded: Readonly<Record<string, number>>;
  /** Due times of the timer rows; undefined when they were not read. */
  readonly armed: Readonly<Record<string, number>> | undefined;
  /** Length of the snapshot, for the bound. */
  readonly size: number;
}

interface Entry {
  readonly twin: HeldTwin;
  readonly partition: number;
  readonly epoch: number;
}

/**
 * States of the patients of partitions that this engine applies. An entry counts only while nobody else has applied records of
 * its partition: the offset row, locked, must stand exactly where this engine left it. Bounded by the size of the snapshots; the
 * least recently used leave.
 */
export class TwinCache {
  private readonly entries = new Map<string, Entry>();
  private readonly cursors = new Map<number, { next: bigint; epoch: number }>();
  private size = 0;
  private epochs = 0;

  /** @param maxCharacters bound on the sum of snapshot lengths */
  constructor(private readonly maxCharacters: number) {}

  /**
   * Reports the offset row of a partition, under its lock, before its twins are asked for.
   *
   * @returns whether nobody else has applied records of the partition since this engine did
   */
  enter(partition: number, next: bigint): boolean {
    const cursor = this.cursors.get(partition);
    if (cursor?.next === next) return true;
    this.cursors.set(partition, { next, epoch: ++this.epochs });
    return false;
  }

  get(partition: number, patient: string): HeldTwin | undefined {
    const entry = this.entries.get(patient);
    if (entry === undefined) return undefined;
    if (entry.partition !== partition || entry.epoch !== this.cursors.get(partition)?.epoch) return undefined;
    return entry.twin;
  }

  /** After the commit: the twins as written, and where the offset row stands now. */
  leave(partition: number, next: bigint, twins: Iterable<readonly [patient: string, twin: HeldTwin]>): void {
    const cursor = this.cursors.get(partition);
    if (cursor === undefined) return;
    cursor.next = next;
    for (const [patient, twin] of twins) {
      this.drop(patient);
      this.entries.set(patient, { twin, partition, epoch: cursor.epoch });
      this.size += twin.size;
    }
    for (const patient of this.entries.keys()) {
      if (this.size <= this.maxCharacters) break;
      this.drop(patient);
    }
  }

  /** The partitions were given away, or a transaction on them failed. */
  forget(partitions: Iterable<number>): void {
    for (const partition of partitions) this.cursors.delete(partition);
  }

  /** Somebody else moved this twin on, though the partition is ours. */
  drop(patient: string): void {
    const entry = this.entries.get(patient);
    if (entry === undefined) return;
    this.entries.delete(patient);
    this.size -= entry.twin.size;
  }
}
