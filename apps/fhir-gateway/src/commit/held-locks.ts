import type { FhirLookups } from '#libs/fhir-rest';

/**
 * What running transactions of this process lock in the database. A request that would wait for one of them there, and let all wait that
 * share its transaction, waits here.
 */
export class HeldLocks {
  private readonly running = new Set<ReadonlyMap<string, boolean>>();

  /** @returns how to release them */
  hold(all: readonly FhirLookups[]): () => void {
    const locks = new Map<string, boolean>();
    for (const { name, isShared } of all.flatMap(locksOf)) locks.set(name, isShared && locks.get(name) !== false);
    this.running.add(locks);
    return () => void this.running.delete(locks);
  }

  stops(lookups: FhirLookups): boolean {
    if (this.running.size === 0) return false;
    return locksOf(lookups).some(({ name, isShared }) =>
      [...this.running].some((locks) => locks.has(name) && !(isShared && locks.get(name) === true)),
    );
  }
}

/** Tenants are not kept apart: it stops a request rather once too often. */
function locksOf({ lock, locks = [] }: FhirLookups): readonly { readonly name: string; readonly isShared: boolean }[] {
  return [
    ...lock.map(({ type, id }) => ({ name: `${type}/${id}`, isShared: false })),
    ...locks.map(({ key, isShared }) => ({ name: String(key), isShared })),
  ];
}
