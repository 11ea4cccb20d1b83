import {
  identifierKey,
  type ConditionLookup,
  type FhirLookups,
  type TypedIdentifier,
} from '../repository/resources.js';

/** What several requests must know, asked for at once. Their conditions must all find within the same limits of access. */
export function joinedLookups(all: readonly FhirLookups[]): FhirLookups {
  const identifiers = new Map<string, TypedIdentifier>();
  const conditions = new Map<string, ConditionLookup>();
  const locks = new Map<number, boolean>();
  for (const one of all) {
    for (const identifier of one.identifiers ?? []) identifiers.set(identifierKey(identifier), identifier);
    for (const asked of one.conditions ?? []) {
      const { key } = asked.condition;
      const before = conditions.get(key);
      const limit = Math.max(asked.limit, before?.limit ?? 0);
      conditions.set(key, { ...asked, limit, writes: asked.writes || before?.writes === true });
    }
    for (const { key, isShared } of one.locks ?? []) locks.set(key, isShared && locks.get(key) !== false);
  }
  const visible = all.find((one) => one.visible !== undefined)?.visible;
  return {
    lock: all.flatMap(({ lock }) => lock),
    read: all.flatMap(({ read }) => read),
    patients: [...new Set(all.flatMap(({ patients }) => patients))],
    devices: [...new Set(all.flatMap(({ devices }) => devices))],
    identifiers: [...identifiers.values()],
    conditions: [...conditions.values()],
    ...(visible === undefined ? {} : { visible }),
    locks: [...locks].sort(([a], [b]) => a - b).map(([key, isShared]) => ({ key, isShared })),
  };
}
