import type { Pool } from 'pg';
import type { Rejection } from '#libs/contracts';
import { insertRejections, listRejections, type NewRejection, type RejectionFilter } from '#libs/platform/storage';

const MAX_PER_STATEMENT = 1_000;
const MAX_WAITING = 20_000;

/**
 * Rejections in Postgres. Writes of the same moment go in one statement, and at most {@link MAX_WAITING} wait: more are
 * counted by `onDropped` and not listed, so that a flood of bad samples cannot fill the memory.
 */
export class RejectionStore {
  private waiting: NewRejection[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly onDropped: (count: number) => void,
  ) {}

  /** Resolves when the rejections are listed. They are dropped, and counted, when Postgres refuses or too many wait. */
  async write(rejections: readonly NewRejection[]): Promise<void> {
    if (rejections.length === 0) return;
    const room = Math.max(0, MAX_WAITING - this.waiting.length);
    if (room < rejections.length) this.onDropped(rejections.length - room);
    for (const rejection of rejections.slice(0, room)) this.waiting.push(rejection);
    // One statement is under way: what came meanwhile goes with the next.
    while (this.waiting.length > 0) await (this.writing ??= this.writeWaiting());
    await this.writing;
  }

  private async writeWaiting(): Promise<void> {
    const rows = this.waiting.splice(0, MAX_PER_STATEMENT);
    try {
      await insertRejections(this.pool, rows);
    } catch {
      this.onDropped(rows.length);
    } finally {
      this.writing = undefined;
    }
  }

  list(tenant: number, filter: RejectionFilter): Promise<readonly Rejection[]> {
    return listRejections(this.pool, tenant, filter);
  }
}
