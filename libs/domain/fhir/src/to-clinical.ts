import type { ClinicalContent, ClinicalContext } from './clinical.js';
import { referenceAt, textAt } from './element.js';
import { factOf } from './facts.js';
import type { JsonObject } from './json.js';
import { observationSamples } from './observation.js';

/** Elements that say whose a resource is, in the order in which they are looked at. */
const SUBJECT_ELEMENTS = ['subject', 'patient', 'individual', 'beneficiary', 'for'] as const;

/**
 * What a checked resource says of a patient: measurements, facts, and what could be neither. A resource of another type, or of
 * no patient, gives nothing and says why.
 */
export function toClinical(resource: JsonObject, context: ClinicalContext): ClinicalContent {
  const type = textAt(resource, 'resourceType') ?? '';
  const patient = patientOf(resource, type, context);
  const fact = factOf(resource, context.version);
  if (type !== 'Observation' && fact === undefined) {
    return { patient, samples: [], facts: [], unmeasured: [{ reason: 'type-not-mapped', expression: type }] };
  }
  if (patient === undefined) {
    return { patient, samples: [], facts: [], unmeasured: [{ reason: 'no-patient', expression: type }] };
  }
  const { samples, unmeasured } =
    type === 'Observation' ? observationSamples(resource, context) : { samples: [], unmeasured: [] };
  return { patient, samples, facts: fact === undefined ? [] : [fact], unmeasured };
}

function patientOf(resource: JsonObject, type: string, context: ClinicalContext): string | undefined {
  if (type === 'Patient') return textAt(resource, 'id');
  for (const name of SUBJECT_ELEMENTS) {
    const reference = referenceAt(resource, name);
    if (reference?.[0] === 'Patient') return reference[1];
    if (reference?.[0] === 'Device') return context.patientOfDevice(reference[1]);
  }
  return undefined;
}
