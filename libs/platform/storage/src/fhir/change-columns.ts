import type { ResourceChange } from '#libs/fhir-rest';
import type { IndexPlan } from '../search-index/plan-index.js';
import { jsonList, plainArray, textArray } from '../postgres/pg-arrays.js';
import { keyOf } from './newest-changes.js';

// Parameters of the statements that write resources, in their order (fhir-statements.ts).
export function columns(changes: readonly ResourceChange[]): unknown[] {
  return [
    textArray(changes.map((change) => change.type)),
    textArray(changes.map((change) => change.id)),
    plainArray(changes.map((change) => change.version)),
    plainArray(changes.map((change) => change.deleted)),
    textArray(changes.map((change) => change.patient)),
    // The content of a deletion is empty: with something before it a list of one empty text is not an empty list.
    jsonList(['', ...changes.map((change) => change.content)]),
    textArray(changes.map((change) => new Date(change.lastUpdated).toISOString())),
  ];
}

export function indexColumns(changes: readonly ResourceChange[], { keys }: IndexPlan): unknown[] {
  return [
    plainArray(changes.map((change) => keys.get(keyOf(change)) ?? null)),
    plainArray(changes.map((change) => (change.deleted || change.search !== undefined ? change.version : null))),
    patchedColumn(changes),
  ];
}

/** Versions that a patch made. */
export function patchedColumn(changes: readonly ResourceChange[]): string {
  return plainArray(changes.map(({ isPatch, version }) => (isPatch === true ? version : null)));
}

export function sideColumns(changes: readonly ResourceChange[]): unknown[] {
  const twins = changes.filter((change) => change.twin !== undefined);
  const devices = changes.filter((change) => typeof change.devicePatient === 'string');
  const added = changes.flatMap((change) =>
    (change.identifiersAdded ?? []).map((one) => ({ ...one, ...keyParts(change) })),
  );
  return [
    twins.map((change) => change.id),
    twins.map((change) => change.twin?.birthDate ?? null),
    devices.map((change) => change.id),
    devices.map((change) => change.devicePatient),
    added.map((one) => one.type),
    added.map((one) => one.system),
    added.map((one) => one.value),
    added.map((one) => one.id),
  ];
}

/** Beyond those of new resources: identifiers that are gone, devices that nobody has any more. */
export function removedColumns(changes: readonly ResourceChange[]): unknown[] {
  const removed = changes.flatMap((change) =>
    (change.identifiersRemoved ?? []).map((one) => ({ ...one, ...keyParts(change) })),
  );
  return [
    removed.map((one) => one.type),
    removed.map((one) => one.system),
    removed.map((one) => one.value),
    removed.map((one) => one.id),
    changes.filter((change) => change.devicePatient === null).map((change) => change.id),
  ];
}

function keyParts(change: ResourceChange): { type: string; id: string } {
  return { type: change.type, id: change.id };
}
