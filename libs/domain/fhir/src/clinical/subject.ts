import type { BusinessIdentifier, ClinicalContext } from './clinical.js';
import { listAt, objectAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import { unknownModifier } from './modifiers.js';
import type { UnmeasuredReason } from './unmeasured.js';

/** Elements that say whose a resource is, in the order in which they are looked at. Performer, focus and device never do. */
const SUBJECT_ELEMENTS = ['subject', 'patient', 'individual', 'beneficiary', 'for'] as const;

/** The Patient of this server that a resource is about, or why it is none. */
export type Subject =
  | { readonly ok: true; readonly patient: string }
  | { readonly ok: false; readonly reason: UnmeasuredReason; readonly expression: string };

/** A relative reference, as it stands once the references of a resource are resolved; with or without a version. */
const LOCAL = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** `[type, id]` of a reference to a resource of this server. */
export function localReference(text: string | undefined): readonly [type: string, id: string] | undefined {
  const match = LOCAL.exec(text ?? '');
  return match?.[1] === undefined || match[2] === undefined ? undefined : [match[1], match[2]];
}

/** @param at time of the resource, ms, where it has one; `until` that of its last value, of a series */
export function subjectOf(
  resource: JsonObject,
  context: ClinicalContext,
  at: number | undefined,
  until?: number,
): Subject {
  const type = textAt(resource, 'resourceType') ?? '';
  if (type === 'Patient') return { ok: true, patient: textAt(resource, 'id') ?? '' };
  const name = SUBJECT_ELEMENTS.find((one) => objectAt(resource, one) !== undefined);
  if (name === undefined) return { ok: false, reason: 'patient-missing', expression: type };
  const expression = `${type}.${name}`;
  const found = resolve(objectAt(resource, name) as JsonObject, resource, context, at, until);
  return typeof found === 'string' ? { ok: false, reason: found, expression } : { ok: true, patient: found.patient };
}

/** Business identifiers that have to be looked up to know whose a resource is. */
export function subjectIdentifiers(resource: JsonObject): readonly BusinessIdentifier[] {
  return SUBJECT_ELEMENTS.flatMap((name) => {
    const subject = objectAt(resource, name);
    if (subject === undefined) return [];
    const contained = containedSubject(subject, resource);
    return [identifierOf(objectAt(subject, 'identifier')), ...identifiersOf(contained)].filter(
      (one) => one !== undefined,
    );
  });
}

/** The business identifier of the Device of a DeviceUseStatement that refers to it by nothing else. */
export function deviceIdentifier(resource: JsonObject): BusinessIdentifier | undefined {
  const device = objectAt(resource, 'device');
  return textAt(device, 'reference') === undefined ? identifierOf(objectAt(device, 'identifier')) : undefined;
}

function resolve(
  subject: JsonObject,
  resource: JsonObject,
  context: ClinicalContext,
  at: number | undefined,
  until: number | undefined,
): { readonly patient: string } | UnmeasuredReason {
  const reference = textAt(subject, 'reference');
  const declared = textAt(subject, 'type')?.replace('http://hl7.org/fhir/StructureDefinition/', '');
  const identifier = identifierOf(objectAt(subject, 'identifier'));
  if (reference === undefined) {
    if (declared !== undefined && declared !== 'Patient') return 'subject-not-a-patient';
    return identifier === undefined ? 'subject-unresolved' : only(context.patientsWith?.(identifier) ?? []);
  }
  if (reference.startsWith('#')) return ofContained(containedSubject(subject, resource), context);
  const local = localReference(reference);
  if (local === undefined) return /^[a-z][a-z0-9+.-]*:/i.test(reference) ? 'subject-elsewhere' : 'subject-unresolved';
  const [type, id] = local;
  if (declared !== undefined && declared !== type) return 'subject-contradictory';
  if (type === 'Device') {
    const patient = context.patientOfDevice(id, at, until);
    return patient === undefined ? 'device-without-patient' : { patient };
  }
  if (type !== 'Patient') return 'subject-not-a-patient';
  const identified = identifier === undefined ? [] : (context.patientsWith?.(identifier) ?? []);
  return identified.length > 0 && !identified.includes(id) ? 'subject-contradictory' : { patient: id };
}

function ofContained(
  contained: JsonObject | undefined,
  context: ClinicalContext,
): { readonly patient: string } | UnmeasuredReason {
  if (contained === undefined) return 'subject-unresolved';
  if (contained['resourceType'] !== 'Patient') return 'subject-not-a-patient';
  const modifier = unknownModifier(contained);
  if (modifier !== undefined) return modifier.reason;
  const identifiers = identifiersOf(contained);
  if (identifiers.length === 0) return 'subject-unresolved';
  return only([...new Set(identifiers.flatMap((one) => context.patientsWith?.(one) ?? []))]);
}

function only(patients: readonly string[]): { readonly patient: string } | UnmeasuredReason {
  const [patient, another] = patients;
  if (patient === undefined) return 'unknown-patient';
  return another === undefined ? { patient } : 'reference-ambiguous';
}

function containedSubject(subject: JsonObject, resource: JsonObject): JsonObject | undefined {
  const reference = textAt(subject, 'reference');
  if (reference === undefined || !reference.startsWith('#')) return undefined;
  return listAt(resource, 'contained').find((one) => `#${textAt(one, 'id')}` === reference);
}

function identifiersOf(contained: JsonObject | undefined): readonly BusinessIdentifier[] {
  return listAt(contained, 'identifier').flatMap((one) => identifierOf(one) ?? []);
}

function identifierOf(identifier: JsonObject | undefined): BusinessIdentifier | undefined {
  const value = textAt(identifier, 'value');
  return value === undefined ? undefined : { system: textAt(identifier, 'system') ?? '', value };
}
