import type { WireFact, WireSample } from '#libs/contracts';
import type { ClinicalContent, ClinicalContext, Unmeasured } from './clinical.js';
import { effectiveOf } from './effective.js';
import { enclosedObservations } from './enclosed.js';
import { readDeviceUse } from '../devices/device-use.js';
import { administrationIdentities, administrationSamples } from '../insulin/administration.js';
import { textAt } from '../json/element.js';
import { factOf } from './facts.js';
import type { JsonObject } from '../json/json.js';
import { unknownModifier } from './modifiers.js';
import { observationIdentities, observationRefusal, observationSamples } from '../observations/observation.js';
import { subjectOf } from './subject.js';

/**
 * What a checked resource says of a patient: measurements, facts, and what could be neither, with the reason. Its references are
 * resolved: a relative one is to a resource of this server. A resource of another type, or of no patient, gives nothing and says why.
 */
export function toClinical(resource: JsonObject, context: ClinicalContext): ClinicalContent {
  const type = textAt(resource, 'resourceType') ?? '';
  const moment = type === 'Observation' ? effectiveOf(resource) : undefined;
  const subject = subjectOf(resource, context, moment?.ok === true ? moment.ms : undefined);
  const patient = subject.ok ? subject.patient : undefined;
  const contained = enclosedObservations(resource, type);
  const nothing = (unmeasured: Unmeasured): ClinicalContent => ({
    patient,
    samples: [],
    facts: [],
    unmeasured: [unmeasured, ...contained],
  });
  if (type === 'DeviceUseStatement')
    return { patient, samples: [], facts: [], unmeasured: [...useUnclear(resource, context), ...contained] };
  const fact = factOf(resource, context.version);
  if (type !== 'Observation' && fact === undefined) return nothing({ reason: 'type-not-mapped', expression: type });
  if (!subject.ok) return nothing(subject);
  if (type === 'Observation' && fact !== undefined) {
    const refusal = observationRefusal(resource, subject.patient, context) ?? undated(fact);
    if (refusal === undefined) return { patient, samples: [], facts: [fact], unmeasured: contained };
    return { patient, samples: [], facts: [{ ...fact, withdrawn: true }], unmeasured: [refusal, ...contained] };
  }
  if (type === 'Observation') {
    const { samples, unmeasured } = observationSamples(resource, subject.patient, context);
    const until = Math.max(...samples.map(endOf));
    const whole =
      samples.length === 0 || moment?.ok !== true ? subject : subjectOf(resource, context, moment.ms, until);
    if (!whole.ok) return nothing(whole);
    return { patient, samples, facts: [], unmeasured: [...unmeasured, ...contained] };
  }
  const modifier = unknownModifier(resource);
  if (modifier !== undefined) return nothing({ reason: modifier.reason, expression: `${type}.${modifier.element}` });
  const facts = fact === undefined ? [] : [fact];
  if (type !== 'MedicationAdministration') return { patient, samples: [], facts, unmeasured: contained };
  const { samples, unmeasured } = administrationSamples(resource, context);
  return { patient, samples, facts, unmeasured: [...unmeasured, ...contained] };
}

function undated(fact: WireFact): Unmeasured | undefined {
  return fact.from === undefined ? { reason: 'timestamp-missing', expression: 'Observation.effective' } : undefined;
}

/**
 * Everything that any version of this software may have written for a stored resource, for its withdrawal: identities without values, and the
 * fact. A superset does no harm.
 *
 * @param at ms since 1970, for a resource without a moment
 */
export function everWritten(
  resource: JsonObject,
  version: number,
  at: number,
): { readonly samples: readonly WireSample[]; readonly facts: ClinicalContent['facts'] } {
  const fact = factOf(resource, version);
  return { samples: identitiesOf(resource, at), facts: fact === undefined ? [] : [fact] };
}

function identitiesOf(resource: JsonObject, at: number): readonly WireSample[] {
  switch (textAt(resource, 'resourceType')) {
    case 'Observation':
      return observationIdentities(resource, at);
    case 'MedicationAdministration':
      return administrationIdentities(resource, at);
    default:
      return [];
  }
}

/** A device whose use is not known goes on as if the statement was not there, which its sender has to know. */
function useUnclear(resource: JsonObject, context: ClinicalContext): readonly Unmeasured[] {
  const reading = readDeviceUse(resource, context, context.receivedAt ?? 0);
  return reading.kind === 'unclear' ? [{ reason: reading.reason, expression: reading.expression }] : [];
}

/** When the last value of a sample is, ms; of intervals, when the last one ends. */
export function endOf({ t, s, p }: WireSample): number {
  if (s === undefined) return t;
  return t + (p === undefined ? s.reduce((sum, interval) => sum + interval, 0) : p * (s.length - 1));
}
