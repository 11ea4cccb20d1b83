import type { PatientInput } from '#libs/contracts';
import type { Applied, PatientMemory, StoredMeasurement, TwinState } from '#libs/domain/twin';
import type { CoreBudget } from './core-budget.js';

/** A patient's records of a chunk, in log order, on their way through the pure core. */
export interface Work<Record extends { readonly input: PatientInput }> {
  readonly tenant: number;
  readonly twin: string;
  readonly records: readonly Record[];
  state: TwinState;
  readonly applied: { readonly record: Record; readonly result: Applied }[];
  readonly failed: { readonly record: Record; readonly reason: string }[];
  /** What is known of the patient's stored measurements already; kept up with what is applied. */
  readonly memory?: PatientMemory;
  /** How many records, from the first on, were taken; the rest exceeded the bounds and is as if it had not been given. */
  taken: number;
}

/** What one patient may cost of a chunk that others wait for. */
export interface Bounds {
  /** Milliseconds of the processor in the core; the record that exceeds them is the patient's last of this chunk. */
  readonly maxMs: number;
  /** Stored values that a late value may need; what becomes of a record that needs more. */
  readonly onTooMany: 'leave' | 'reject';
}

/** How far the records of a patient have come. */
export interface Progress<R extends { readonly input: PatientInput }> {
  readonly work: Work<R>;
  readonly memory: PatientMemory;
  /** Newest versions written by this chunk: not in the database yet, so laid over what is loaded. */
  readonly fresh: Map<string, StoredMeasurement>;
  next: number;
  readonly budget: CoreBudget;
  looksAhead: number;
  isOver: boolean;
}
