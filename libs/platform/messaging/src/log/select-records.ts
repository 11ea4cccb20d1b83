import type { Batch, BatchOutcome, LogRecord } from './event-log.js';

export type Selection =
  | {
      readonly kind: 'apply';
      readonly batch: Batch;
      readonly records: readonly LogRecord[];
      /** Offset after the last record. */
      readonly next: bigint;
      /** Records that the log lost (retention) before they were applied. */
      readonly gap: bigint;
    }
  | { readonly kind: 'skip'; readonly outcome: BatchOutcome };

/**
 * For a consumer that keeps its own offsets ({@link ConsumeOptions.startAt}) and moves them with its effects. Compares a batch with the locked offset of its partition. What was applied is dropped; a batch that begins beyond it is sent
 * back to it.
 *
 * @param applied next offset to apply
 * @param firstKept asked when the batch begins beyond `applied`: the oldest offset that the log still has
 */
export async function selectRecords(
  batch: Batch,
  applied: bigint,
  firstKept: () => Promise<bigint>,
): Promise<Selection> {
  const first = batch.records[0];
  const last = batch.records.at(-1);
  if (first === undefined || last === undefined) return { kind: 'skip', outcome: { kind: 'applied' } };
  const next = last.offset + 1n;
  if (first.offset > applied) {
    const kept = await firstKept();
    const start = kept > applied ? kept : applied;
    if (first.offset > start) return { kind: 'skip', outcome: { kind: 'seek', offset: start } };
    return { kind: 'apply', batch, records: batch.records, next, gap: first.offset - applied };
  }
  // Another member is ahead: continue at its offset.
  if (next <= applied) return { kind: 'skip', outcome: { kind: 'seek', offset: applied } };
  return { kind: 'apply', batch, records: batch.records.filter((record) => record.offset >= applied), next, gap: 0n };
}
