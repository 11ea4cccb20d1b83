/** What the consumer needs of the client's group member. */
export interface KafkaMember {
  pause(partitions: readonly number[]): void;
  resume(partitions: readonly number[]): void;
  seek(partition: number, offset: bigint): void;
  /** Offset of each partition that the group committed; absent: none yet. */
  committed(): Promise<ReadonlyMap<number, bigint>>;
  commit(offsets: ReadonlyMap<number, bigint>): Promise<void>;
  leave(): Promise<void>;
  /** Cuts the connections, as a crash does. */
  sever(): void;
}
