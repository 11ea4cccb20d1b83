import { LogFullError, type NewRecord, type Position } from '../log/event-log.js';

export interface AppenderOptions {
  /** Writes one batch, durably; answers positions in order. Batches of one appender never overlap, so order is kept. */
  readonly write: (records: readonly NewRecord[]) => Promise<readonly Position[]>;
  /**
   * Linger time: how long the first record of a batch waits for more, ms. 0: to the end of the turn of the event loop; those that come while a
   * batch is written gather for the next.
   */
  readonly lingerMs: number;
  /** Bounds of one batch. A call larger than this is written alone. */
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Maximum records that may wait or be in flight. */
  readonly limit: number;
}

interface Call {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  readonly resolve: (positions: readonly Position[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects the appends of a few milliseconds into one write. Bounded: what does not fit is refused at once, as a whole. */
export class Appender {
  private calls: Call[] = [];
  private taken = 0;
  private queuedRecords = 0;
  private queuedBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing = false;
  private closed = false;
  private idle: (() => void)[] = [];

  constructor(private readonly options: AppenderOptions) {}

  /** Records waiting or in flight. */
  get waiting(): number {
    return this.taken;
  }

  append(records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (records.length === 0) return Promise.resolve([]);
    if (this.closed) return Promise.reject(new Error('the log is closed'));
    // A single call above the limit would never fit: it is let in when nothing else waits.
    if (this.taken > 0 && this.taken + records.length > this.options.limit) return Promise.reject(new LogFullError(1));
    this.taken += records.length;
    const bytes = records.reduce((sum, record) => sum + record.value.length + record.key.length, 0);
    return new Promise((resolve, reject) => {
      this.calls.push({ records, bytes, resolve, reject });
      this.queuedRecords += records.length;
      this.queuedBytes += bytes;
      this.schedule();
    });
  }

  /** Refuses new calls and waits for those in flight. */
  async close(): Promise<void> {
    this.closed = true;
    this.schedule();
    if (this.taken > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.writing || this.calls.length === 0) return;
    const full = this.queuedRecords >= this.options.maxRecords || this.queuedBytes >= this.options.maxBytes;
    if (full || this.closed) {
      clearTimeout(this.timer);
      this.timer = undefined;
      void this.flush();
    } else if (this.options.lingerMs === 0) {
      setImmediate(() => void this.flush());
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        void this.flush();
      }, this.options.lingerMs);
    }
  }

  private async flush(): Promise<void> {
    if (this.writing) return;
    const calls = this.takeBatch();
    if (calls.length === 0) return;
    this.writing = true;
    await this.writeCalls(calls);
    this.writing = false;
    if (this.taken === 0) for (const done of this.idle.splice(0)) done();
    // Whatever gathered while the last batch was written has waited long enough.
    if (this.calls.length > 0) void this.flush();
  }

  private async writeCalls(calls: readonly Call[]): Promise<void> {
    const records = calls.flatMap((call) => call.records);
    try {
      const positions = await this.options.write(records);
      this.taken -= records.length;
      let from = 0;
      for (const call of calls) {
        call.resolve(positions.slice(from, from + call.records.length));
        from += call.records.length;
      }
    } catch (error) {
      this.taken -= records.length;
      for (const call of calls) call.reject(error);
    }
  }

  private takeBatch(): Call[] {
    let records = 0;
    let bytes = 0;
    let count = 0;
    for (const call of this.calls) {
      if (
        count > 0 &&
        (records + call.records.length > this.options.maxRecords || bytes + call.bytes > this.options.maxBytes)
      )
        break;
      records += call.records.length;
      bytes += call.bytes;
      count++;
    }
    this.queuedRecords -= records;
    this.queuedBytes -= bytes;
    return this.calls.splice(0, count);
  }
}
