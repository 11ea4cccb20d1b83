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

/**
 * What a new version says.
 * `patients` are those of ours that it refers to: what it says of a Patient elsewhere (an absolute URL) is not ours to tell.
 * `devicePatients`: Device id → Patient id.
 */
export function clinicalOf(
  resource: JsonObject,
  version: number,
  known: {
    readonly receivedAt: number;
    readonly patients: ReadonlySet<string>;
    readonly devicePatients: ReadonlyMap<string, string>;
  },
): Clinical {
  let worn: string | undefined;
  const { patient, facts, samples, unmeasured } = toClinical(resource, {
    version,
    receivedAt: known.receivedAt,
    patientOfDevice: (device) => (worn = known.devicePatients.get(device)),
  });
  const isPatient = resource['resourceType'] === 'Patient';
  if (patient !== undefined && !isPatient && patient !== worn && !known.patients.has(patient)) {
    return { patient: undefined, facts: [], samples: [], unmeasured: ['no-patient'] };
  }
  return { patient, facts, samples, unmeasured: unmeasured.map((part) => part.reason) };
}

/** What a stored version said. */
export function clinicalOfStored(stored: CurrentResource): Clinical {
  const patient = stored.patient ?? undefined;
  if (patient === undefined) return { patient, facts: [], samples: [], unmeasured: [] };
  const parsed = parseJson(stored.content);
  // We wrote it: text that can not be read back is a bug.
  if (!parsed.ok) throw new Error('a stored resource is not JSON');
  const { facts, samples } = toClinical(parsed.value as JsonObject, {
    version: stored.version,
    receivedAt: stored.lastUpdated,
    patientOfDevice: () => patient,
  });
  return { patient, facts, samples, unmeasured: [] };
}

/** Says that the resource has earlier versions, so that its values may be stored already. */
export function mayBeStored(clinical: Clinical): Clinical {
  return { ...clinical, samples: clinical.samples.map((sample) => ({ ...sample, k: 1 })) };
}

/** Takes back all that was said. @param version of the change that takes it back */
export function withdrawn(clinical: Clinical, version: number): Clinical {
  return {
    ...clinical,
    facts: clinical.facts.map((fact) => ({ ...fact, version, withdrawn: true })),
    samples: clinical.samples.filter((sample) => sample.w === undefined).map((sample) => ({ ...sample, w: 1, k: 1 })),
  };
}
