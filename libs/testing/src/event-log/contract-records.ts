import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, EventLog, LogRecord } from '#libs/platform/messaging';

export class Seen {
  readonly records: LogRecord[] = [];
  readonly sizes: number[] = [];
  overlaps = 0;
  private readonly busy = new Set<number>();

  readonly take = async (batch: Batch): Promise<{ kind: 'applied' }> => {
    if (this.busy.has(batch.partition)) this.overlaps++;
    this.busy.add(batch.partition);
    await sleep(1);
    this.records.push(...batch.records);
    this.sizes.push(batch.records.length);
    this.busy.delete(batch.partition);
    return { kind: 'applied' };
  };

  numbers(): number[] {
    return this.records.map((record) => Number(record.value)).sort((a, b) => a - b);
  }
}

export function keyOf(i: number): string {
  return `1/patient-${i % 16}`;
}

export async function append(log: EventLog, topic: string, from: number, to: number): Promise<void> {
  await log.append(range(from, to).map((i) => ({ topic, key: keyOf(i), value: String(i) })));
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
