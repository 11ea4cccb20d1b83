import type { WireFact, WireSample } from '#libs/contracts';
import {
  everWritten,
  parseJson,
  toClinical,
  type ClinicalContext,
  type JsonObject,
  type Unmeasured,
} from '#libs/domain/fhir';
import type { CurrentResource } from '../repository/resources.js';

/** What a version of a resource says about a patient. */
export interface Clinical {
  readonly patient: string | undefined;
  readonly facts: readonly WireFact[];
  readonly samples: readonly WireSample[];
  /** Why parts of it gave no measurement. */
  readonly unmeasured: readonly Unmeasured[];
}

/** What a new version says. Its references are resolved. */
export function clinicalOf(resource: JsonObject, context: ClinicalContext): Clinical {
  return toClinical(resource, context);
}

/**
 * Takes back all that a stored version said and `now` does not say any more: all of it when `now` is of another patient, or nothing
 * (the resource was deleted).
 *
 * @param version of the change that takes it back
 */
export function takenBack(stored: CurrentResource, now: Clinical | undefined, version: number): Clinical {
  const patient = stored.patient ?? undefined;
  if (stored.deleted || patient === undefined) return { patient: undefined, facts: [], samples: [], unmeasured: [] };
  const parsed = parseJson(stored.content);
  // We wrote it: text that cannot be read back is a bug.
  if (!parsed.ok) throw new Error('a stored resource is not JSON');
  const derived = everWritten(parsed.value as JsonObject, stored.version, stored.lastUpdated);
  const goesOn = now !== undefined && now.patient === patient;
  const facts = new Set(goesOn ? now.facts.map((fact) => `${fact.fact} ${fact.reference}`) : []);
  const samples = new Set(goesOn ? now.samples.map((sample) => sample.i) : []);
  return {
    patient,
    facts: derived.facts
      .filter((fact) => !facts.has(`${fact.fact} ${fact.reference}`))
      .map((fact) => ({ ...fact, version, withdrawn: true })),
    samples: derived.samples.filter(({ i }) => !samples.has(i)).map((sample) => ({ ...sample, w: 1, k: 1 })),
    unmeasured: [],
  };
}

/** Says that the resource has earlier versions, so that its values may be stored already. */
export function mayBeStored(clinical: Clinical): Clinical {
  return { ...clinical, samples: clinical.samples.map((sample) => ({ ...sample, k: 1 })) };
}
