import type { WireFact, WireSample } from '#libs/contracts';
import { parseJson, toClinical, type JsonObject } from '#libs/domain/fhir';
import type { CurrentResource } from '#libs/platform/storage';

/** What a version of a resource says about a patient. */
export interface Clinical {
  readonly patient: string | undefined;
  readonly facts: readonly WireFact[];
  readonly samples: readonly WireSample[];
  /** Why parts of it gave no measurement. */
  readonly unmeasured: readonly string[];
}

/** @param devicePatients Device id → Patient id */
export function clinicalOf(
  resource: JsonObject,
  version: number,
  devicePatients: ReadonlyMap<string, string>,
): Clinical {
  const { patient, facts, samples, unmeasured } = toClinical(resource, {
    version,
    patientOfDevice: (device: string) => devicePatients.get(device),
  });
  return { patient, facts, samples, unmeasured: unmeasured.map((part) => part.reason) };
}

/** What a stored version said. */
export function clinicalOfStored(stored: CurrentResource): Clinical {
  const parsed = parseJson(stored.content);
  // We wrote it: text that can not be read back is a bug.
  if (!parsed.ok) throw new Error('a stored resource is not JSON');
  const { facts, samples } = toClinical(parsed.value as JsonObject, {
    version: stored.version,
    patientOfDevice: () => stored.patient ?? undefined,
  });
  return { patient: stored.patient ?? undefined, facts, samples, unmeasured: [] };
}

/** Takes back all that was said. @param version of the change that takes it back */
export function withdrawn(clinical: Clinical, version: number): Clinical {
  return {
    ...clinical,
    facts: clinical.facts.map((fact) => ({ ...fact, version, withdrawn: true })),
    samples: clinical.samples.filter((sample) => sample.w === undefined).map((sample) => ({ ...sample, w: 1 })),
  };
}
