import type { Identifier, ResourceChange } from '#libs/fhir-rest';

/** The newest change of each resource, with what its earlier ones in the same request did beside. */
export function foldByResource(sorted: readonly ResourceChange[]): ResourceChange[] {
  const newest: ResourceChange[] = [];
  for (const change of sorted) {
    const before = newest.at(-1);
    if (before === undefined || !sameResource(before, change)) newest.push(change);
    else newest[newest.length - 1] = { ...before, isPatch: false, ...change, ...netIdentifiers(before, change) };
  }
  return newest;
}

function netIdentifiers(first: ResourceChange, then: ResourceChange): Partial<ResourceChange> {
  const without = (these: readonly Identifier[] = [], those: readonly Identifier[] = []): Identifier[] =>
    these.filter((one) => !those.some((other) => one.system === other.system && one.value === other.value));
  return {
    identifiersAdded: [
      ...without(first.identifiersAdded, then.identifiersRemoved),
      ...without(then.identifiersAdded, first.identifiersRemoved),
    ],
    identifiersRemoved: [
      ...without(first.identifiersRemoved, then.identifiersAdded),
      ...without(then.identifiersRemoved, first.identifiersAdded),
    ],
  };
}

export function keyOf(change: ResourceChange): string {
  return `${change.type}/${change.id}`;
}

export function sameResource(a: ResourceChange, b: ResourceChange | undefined): boolean {
  return b !== undefined && a.type === b.type && a.id === b.id;
}

export function byKeyAndVersion(a: ResourceChange, b: ResourceChange): number {
  if (a.type !== b.type) return a.type < b.type ? -1 : 1;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.version - b.version;
}
