import { WakeUp } from '../streams/wake-up.js';

/** What one reader of a ward's stream is still to be sent. It holds ids, each once, however slow the reader is: the newest state is read when it is sent. */
export class WardReader {
  private pending = new Set<string>();
  private offered: number;
  private readonly moved = new WakeUp();

  /** @param at position where it begins, ms */
  constructor(at: number) {
    this.offered = at;
  }

  add(patient: string): void {
    this.pending.add(patient);
    this.moved.wake();
  }

  /** Everything that had changed by `at` has been added. */
  offer(at: number): void {
    this.offered = at;
  }

  /** What is to be sent, with the position that is reached when it has been. */
  take(): { readonly patients: readonly string[]; readonly at: number } {
    const patients = [...this.pending];
    this.pending = new Set();
    return { patients, at: this.offered };
  }

  /** Until there is something to be sent, or the signal is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    while (this.pending.size === 0 && !signal.aborted) await this.moved.wait(60_000, signal);
  }
}
