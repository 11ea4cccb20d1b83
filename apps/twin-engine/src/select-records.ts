import type { Batch, BatchOutcome, LogRecord } from '#libs/platform/messaging';

export type Selection =
  | {
      readonly kind: 'apply';
      readonly batch: Batch;
      readonly records: readonly LogRecord[];
      readonly next: bigint;
      readonly gap: bigint;
    }
  | { readonly kind: 'skip'; readonly outcome: BatchOutcome };

/**
 * Compares a batch with the locked offset of its partition. What was applied is dropped; a batch that begins beyond it is sent
 * back to it, once: when the log then still begins there, the records between are gone (retention) and the gap is accepted.
 */
export class RecordSelector {
  private readonly sentBack = new Map<number, bigint>();

  select(batch: Batch, applied: bigint): Selection {
    const first = batch.records[0];
    const last = batch.records.at(-1);
    if (first === undefined || last === undefined) return { kind: 'skip', outcome: { kind: 'applied' } };
    if (first.offset > applied && this.sentBack.get(batch.partition) !== applied) {
      this.sentBack.set(batch.partition, applied);
      return { kind: 'skip', outcome: { kind: 'seek', offset: applied } };
    }
    this.sentBack.delete(batch.partition);
    const next = last.offset + 1n;
    // Another engine is ahead: go on where it stands.
    if (next <= applied) return { kind: 'skip', outcome: { kind: 'seek', offset: applied } };
    const records =
      first.offset >= applied ? batch.records : batch.records.filter((record) => record.offset >= applied);
    return { kind: 'apply', batch, records, next, gap: first.offset > applied ? first.offset - applied : 0n };
  }
}
