import type { PatientMemory } from '#libs/domain/twin';
import type { HeldTwin } from '../apply/twin-cache.js';

/** What the backlog lane keeps of a patient between two transactions. */
export interface HeldPatient {
  readonly twin: HeldTwin;
  readonly memory: PatientMemory;
}

/** Values that all memories together hold; a value takes some 300 bytes. */
const MAX_VALUES = 1_000_000;

/** Twins and memories of patients with a backlog, the least recently used leave. One counts only while the stored twin is at its version. */
export class BacklogMemories {
  private readonly held = new Map<string, HeldPatient & { readonly size: number }>();
  private size = 0;

  constructor(private readonly maxValues: number = MAX_VALUES) {}

  get(
    patient: string,
    stored: { readonly key: string; readonly version: number } | undefined,
  ): HeldPatient | undefined {
    const held = this.held.get(patient);
    if (held === undefined || stored === undefined) return undefined;
    return held.twin.key === stored.key && held.twin.state.version === stored.version ? held : undefined;
  }

  put(patient: string, held: HeldPatient): void {
    this.drop(patient);
    const size = held.memory.size() + held.twin.size / 300;
    this.held.set(patient, { ...held, size });
    this.size += size;
    for (const key of this.held.keys()) {
      if (this.size <= this.maxValues) break;
      this.drop(key);
    }
  }

  drop(patient: string): void {
    this.size -= this.held.get(patient)?.size ?? 0;
    this.held.delete(patient);
  }
}
