import type { Batch, BatchOutcome } from '../log/event-log.js';
import { reasonOf } from '../log/log-writer.js';

export interface CoalescerOptions {
  /** Transactions at once. */
  readonly lanes: number;
  /** Maximum records and characters of one transaction; a single larger batch has one of its own. */
  readonly maxRecords: number;
  readonly maxCharacters: number;
}

interface Waiting {
  readonly batch: Batch;
  readonly size: number;
  readonly settle: (outcome: BatchOutcome) => void;
}

/**
 * Group commit: batches of different partitions that arrive while a transaction runs share the next one. A lone batch starts at
 * once, so it costs no latency; under load the cost of a transaction is shared by up to all partitions. Bounded by the number of
 * partitions, for each has at most one batch in progress.
 */
export class Coalescer {
  private waiting: Waiting[] = [];
  private running = 0;
  private isStarting = false;

  constructor(
    private readonly apply: (batches: readonly Batch[]) => Promise<readonly BatchOutcome[]>,
    private readonly options: CoalescerOptions,
  ) {}

  submit(batch: Batch): Promise<BatchOutcome> {
    return new Promise((settle) => {
      const size = batch.records.reduce((sum, record) => sum + record.value.length, 0);
      this.waiting.push({ batch, size, settle });
      this.startSoon();
    });
  }

  /** After this turn of the event loop: what one fetch brought for several partitions comes in one turn. */
  private startSoon(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    setImmediate(() => {
      this.isStarting = false;
      this.start();
    });
  }

  private start(): void {
    while (this.running < this.options.lanes && this.waiting.length > 0) {
      const group = this.take();
      this.running++;
      void this.run(group);
    }
  }

  private take(): readonly Waiting[] {
    let records = 0;
    let characters = 0;
    let count = 0;
    for (const { batch, size } of this.waiting) {
      records += batch.records.length;
      characters += size;
      if (count > 0 && (records > this.options.maxRecords || characters > this.options.maxCharacters)) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async run(group: readonly Waiting[]): Promise<void> {
    let outcomes: readonly BatchOutcome[] = [];
    try {
      outcomes = await this.apply(group.map(({ batch }) => batch));
    } catch (error) {
      const reason = reasonOf(error);
      outcomes = group.map(() => ({ kind: 'retry', reason }));
    }
    this.running--;
    group.forEach(({ settle }, index) => settle(outcomes[index] ?? { kind: 'retry', reason: 'without an outcome' }));
    this.start();
  }
}
