/** Next offsets by partition. */
export type Offsets = ReadonlyMap<number, bigint>;

/** Where the log and one of its readers stood at a time, ms. */
export interface FlowSample {
  readonly at: number;
  /** First and next offset of the topic. */
  readonly ends: ReadonlyMap<number, { readonly first: bigint; readonly next: bigint }>;
  /** Next offset that the reader will apply; a partition without one has been begun by nobody. */
  readonly applied: Offsets;
}

export interface Counted {
  readonly count: number;
  /** Between the two samples that were compared, s. */
  readonly coveredSeconds: number;
}

export interface Lag {
  readonly records: number;
  readonly seconds: number;
}

/** How much a total grew within the window, by the oldest sample in it. */
export function growth(samples: readonly { readonly at: number; readonly total: number }[], windowMs: number): Counted {
  const last = samples.at(-1);
  const first = samples.find(({ at }) => last !== undefined && last.at - at <= windowMs);
  if (first === undefined || last === undefined || last === first) return { count: 0, coveredSeconds: 0 };
  return { count: Math.max(0, last.total - first.total), coveredSeconds: (last.at - first.at) / 1000 };
}

/** Records that were ever appended. */
export function appendedOf({ ends }: Pick<FlowSample, 'ends'>): number {
  let total = 0;
  for (const { next } of ends.values()) total += Number(next);
  return total;
}

/** Records that the reader has passed, those removed before it began included. */
export function appliedOf(sample: FlowSample): number {
  let total = 0;
  for (const [partition, { first }] of sample.ends) total += Number(sample.applied.get(partition) ?? first);
  return total;
}

/**
 * What waits for the reader by the newest sample, and for how long: since the first sample in which the record it is at was there. Older ones
 * than the samples reach count from the first of them.
 */
export function lagOf(samples: readonly FlowSample[]): Lag {
  const last = samples.at(-1);
  if (last === undefined) return { records: 0, seconds: 0 };
  let records = 0n;
  let seconds = 0;
  for (const [partition, { first, next }] of last.ends) {
    const at = last.applied.get(partition) ?? first;
    if (next <= at) continue;
    records += next - at;
    const since = samples.find(({ ends }) => (ends.get(partition)?.next ?? 0n) > at) ?? last;
    seconds = Math.max(seconds, (last.at - since.at) / 1000);
  }
  return { records: Number(records), seconds };
}
