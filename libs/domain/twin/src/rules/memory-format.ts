/** How a memory is stored. An upcaster is pure and takes the memory as it is stored, with `StoredCited`; a version without one begins anew. */
export interface MemoryFormat {
  readonly version: number;
  readonly upcasters?: Readonly<Record<number, (memory: unknown) => unknown>>;
}
