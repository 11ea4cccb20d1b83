import { parseJson, readDeviceUse, unknownModifier, type DeviceUseContext, type JsonObject } from '#libs/domain/fhir';
import { indexedIdentifier } from '../references/indexed-identifier.js';
import type { Identifier, ResourceChange, StoredResource } from '../repository/resources.js';

type SideEffects = Pick<
  ResourceChange,
  'twin' | 'devicePatient' | 'deviceUse' | 'identifiersAdded' | 'identifiersRemoved'
>;

/** What a version changes beside the resource: the twin, who has a device, business identifiers. */
export function sideEffects(
  after: StoredResource,
  resource: JsonObject,
  before: StoredResource | undefined,
  named: DeviceUseContext,
): SideEffects {
  if (after.type === 'DeviceUseStatement') {
    const reading = after.deleted ? undefined : readDeviceUse(resource, named, after.lastUpdated);
    return { deviceUse: reading?.kind === 'use' ? reading.use : null };
  }
  if (after.type !== 'Patient' && after.type !== 'Device') return {};
  const now = after.deleted ? [] : identifiersOf(resource);
  const then = before === undefined || before.deleted ? [] : identifiersOf(parsed(before.content));
  return {
    ...(after.type === 'Patient' && !after.deleted ? { twin: { birthDate: textOf(resource['birthDate']) } } : {}),
    ...(after.type === 'Device' ? { devicePatient: after.deleted ? null : patientOfDevice(resource) } : {}),
    identifiersAdded: without(now, then),
    // Rows of earlier versions of this software hold long ones as they are.
    identifiersRemoved: [
      ...without(then, now),
      ...without(longOnes(before), longOnes(after.deleted ? undefined : after)),
    ],
  };
}

function longOnes(stored: StoredResource | undefined): Identifier[] {
  if (stored === undefined || stored.deleted || stored.content.length < 512) return [];
  return rawIdentifiersOf(parsed(stored.content)).filter((one) => indexedIdentifier(one).system !== one.system);
}

export function identifiersOf(resource: JsonObject): Identifier[] {
  return rawIdentifiersOf(resource).map(indexedIdentifier);
}

function rawIdentifiersOf(resource: JsonObject): Identifier[] {
  const identifiers = resource['identifier'];
  if (!Array.isArray(identifiers)) return [];
  return (identifiers as readonly JsonObject[]).flatMap(({ system, value }) =>
    typeof value === 'string' ? [{ system: textOf(system) ?? '', value }] : [],
  );
}

function patientOfDevice(resource: JsonObject): string | null {
  // A modifier that is not understood may say that it is not on that patient.
  if (resource['status'] === 'entered-in-error' || unknownModifier(resource) !== undefined) return null;
  const patient = resource['patient'] as JsonObject | undefined;
  return /^Patient\/([^/]+)/.exec(textOf(patient?.['reference']) ?? '')?.[1] ?? null;
}

function without(these: readonly Identifier[], those: readonly Identifier[]): Identifier[] {
  const keys = new Set(those.map(keyOf));
  return these.filter((one) => !keys.has(keyOf(one)));
}

function keyOf(identifier: Identifier): string {
  return JSON.stringify([identifier.system, identifier.value]);
}

function parsed(content: string): JsonObject {
  const result = parseJson(content);
  // We wrote it: text that cannot be read back is a bug.
  if (!result.ok) throw new Error('a stored resource is not JSON');
  return result.value as JsonObject;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
