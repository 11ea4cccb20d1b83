import type { ClientBase } from 'pg';
import { twinKey } from '#libs/contracts';
import { deferredPatientsOf, stillDeferred, type PatientId } from '#libs/platform/storage';

/**
 * Patients whose records wait for the backlog lane, of the partitions that this engine applies: never too few, because only the owner
 * of a partition defers its patients, under the lock of its offset row. So the usual chunk, without any, asks the database nothing.
 */
export class DeferredPatients {
  private readonly byPartition = new Map<number, Map<string, PatientId>>();

  /** Reads them anew: somebody else has applied records of these partitions, or nobody knows. */
  async reload(client: ClientBase, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    const rows = await deferredPatientsOf(client, partitions);
    for (const partition of partitions) this.byPartition.set(partition, new Map());
    for (const row of rows) this.add(row.partition, row);
  }

  /** Called once the transaction that defers them has committed. */
  add(partition: number, { tenant, patient }: PatientId): void {
    const patients = this.byPartition.get(partition) ?? new Map<string, PatientId>();
    this.byPartition.set(partition, patients.set(twinKey(tenant, 'patient', patient), { tenant, patient }));
  }

  /**
   * Which of these patients have records waiting, as the transaction sees it: a record that is being applied just now still waits, so
   * what is deferred behind it is found by the backlog lane.
   *
   * @param patients keys, by partition
   * @returns `waiting`, and `back`: those whose backlog has ended since they were last asked for
   */
  async among(
    client: ClientBase,
    patients: Iterable<{ readonly patient: string; readonly partition: number }>,
  ): Promise<{ readonly waiting: ReadonlySet<string>; readonly back: readonly string[] }> {
    const known = new Map<string, { id: PatientId; partition: number }>();
    for (const { patient, partition } of patients) {
      const id = this.byPartition.get(partition)?.get(patient);
      if (id !== undefined) known.set(patient, { id, partition });
    }
    if (known.size === 0) return { waiting: NOBODY, back: [] };
    const found = await stillDeferred(
      client,
      [...known.values()].map(({ id }) => id),
    );
    const waiting = new Set(found.map(({ tenant, patient }) => twinKey(tenant, 'patient', patient)));
    const back = [...known.keys()].filter((patient) => !waiting.has(patient));
    for (const patient of back) this.byPartition.get(known.get(patient)!.partition)?.delete(patient);
    return { waiting, back };
  }
}

const NOBODY: ReadonlySet<string> = new Set();
