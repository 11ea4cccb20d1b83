import type { FactKind, WireFact } from '#libs/contracts';
import { listAt, objectAt, startAt, textAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';

type Content = Record<string, unknown>;

interface Concept {
  readonly system?: string | undefined;
  readonly code?: string | undefined;
  readonly display?: string | undefined;
  /** The codings after the first. */
  readonly also?: readonly Pick<Concept, 'system' | 'code'>[] | undefined;
}

interface FactRule {
  readonly kind: FactKind;
  readonly content: (resource: JsonObject) => Content;
  /** Where not every resource of the type gives a fact. */
  readonly when?: (resource: JsonObject) => boolean;
  readonly from?: (resource: JsonObject) => number | undefined;
  readonly to?: (resource: JsonObject) => number | undefined;
}

/** Resource types that give a fact, and the fields that a twin shows: codes and dates, no names and no narrative. */
const RULES: Readonly<Record<string, FactRule>> = {
  Patient: {
    kind: 'demographics',
    content: (one) => ({
      birthDate: textAt(one, 'birthDate'),
      gender: textAt(one, 'gender'),
      active: one['active'],
      deceased: textAt(one, 'deceasedDateTime') ?? one['deceasedBoolean'],
    }),
  },
  Device: {
    kind: 'device',
    content: (one) => ({
      status: textAt(one, 'status'),
      type: concept(objectAt(one, 'type')),
      manufacturer: textAt(one, 'manufacturer')?.slice(0, MAX_DISPLAY).toWellFormed(),
    }),
  },
  Condition: {
    kind: 'condition',
    content: (one) => ({
      code: concept(objectAt(one, 'code')),
      clinicalStatus: concept(objectAt(one, 'clinicalStatus'))?.code,
      verificationStatus: concept(objectAt(one, 'verificationStatus'))?.code,
      onset: textAt(one, 'onsetDateTime'),
      abatement: textAt(one, 'abatementDateTime'),
    }),
    from: (one) => startAt(one, 'onsetDateTime') ?? startAt(one, 'recordedDate'),
    to: (one) => startAt(one, 'abatementDateTime'),
  },
  MedicationRequest: {
    kind: 'medication',
    content: (one) => ({
      medication: concept(objectAt(one, 'medicationCodeableConcept')),
      status: textAt(one, 'status'),
      intent: textAt(one, 'intent'),
      doNotPerform: one['doNotPerform'] === true ? true : undefined,
      authoredOn: textAt(one, 'authoredOn'),
    }),
    from: (one) => startAt(one, 'authoredOn'),
  },
  MedicationAdministration: {
    kind: 'medication',
    content: (one) => ({
      medication: concept(objectAt(one, 'medicationCodeableConcept')),
      status: textAt(one, 'status'),
      effective: textAt(one, 'effectiveDateTime') ?? textAt(objectAt(one, 'effectivePeriod'), 'start'),
    }),
    from: (one) => startAt(one, 'effectiveDateTime') ?? startAt(objectAt(one, 'effectivePeriod'), 'start'),
    to: (one) => startAt(objectAt(one, 'effectivePeriod'), 'end'),
  },
  MedicationStatement: {
    kind: 'medication',
    content: (one) => ({
      medication: concept(objectAt(one, 'medicationCodeableConcept')),
      status: textAt(one, 'status'),
    }),
    from: (one) => startAt(one, 'effectiveDateTime') ?? startAt(objectAt(one, 'effectivePeriod'), 'start'),
    to: (one) => startAt(objectAt(one, 'effectivePeriod'), 'end'),
  },
  Encounter: {
    kind: 'encounter',
    content: (one) => ({
      status: textAt(one, 'status'),
      class: short(textAt(objectAt(one, 'class'), 'code')),
      type: concept(listAt(one, 'type')[0]),
      start: textAt(objectAt(one, 'period'), 'start'),
      end: textAt(objectAt(one, 'period'), 'end'),
    }),
    from: (one) => startAt(objectAt(one, 'period'), 'start'),
    to: (one) => startAt(objectAt(one, 'period'), 'end'),
  },
  AllergyIntolerance: {
    kind: 'allergy',
    content: (one) => ({
      code: concept(objectAt(one, 'code')),
      clinicalStatus: concept(objectAt(one, 'clinicalStatus'))?.code,
      verificationStatus: concept(objectAt(one, 'verificationStatus'))?.code,
      criticality: textAt(one, 'criticality'),
    }),
    from: (one) => startAt(one, 'onsetDateTime') ?? startAt(one, 'recordedDate'),
  },
  Observation: {
    kind: 'condition',
    when: (one) => listAt(objectAt(one, 'code'), 'coding').some(isPregnancyStatus),
    content: (one) => ({
      code: concept(objectAt(one, 'code')),
      value: concept(objectAt(one, 'valueCodeableConcept')),
      status: textAt(one, 'status'),
    }),
    from: (one) => startAt(one, 'effectiveDateTime') ?? startAt(objectAt(one, 'effectivePeriod'), 'start'),
  },
  DiagnosticReport: {
    kind: 'report',
    content: (one) => ({
      code: concept(objectAt(one, 'code')),
      status: textAt(one, 'status'),
      issued: textAt(one, 'issued'),
    }),
    from: (one) => startAt(one, 'effectiveDateTime') ?? startAt(objectAt(one, 'effectivePeriod'), 'start'),
  },
};

/** The fact of a resource, or undefined when its type gives none. One entered in error withdraws it. */
export function factOf(resource: JsonObject, version: number): WireFact | undefined {
  const type = textAt(resource, 'resourceType') ?? '';
  const rule = Object.hasOwn(RULES, type) ? RULES[type] : undefined;
  if (rule === undefined || rule.when?.(resource) === false) return undefined;
  const from = rule.from?.(resource);
  const to = rule.to?.(resource);
  return {
    fact: rule.kind,
    reference: `${type}/${textAt(resource, 'id') ?? ''}`,
    version,
    content: present(rule.content(resource)),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(enteredInError(resource) ? { withdrawn: true as const } : {}),
  };
}

function enteredInError(resource: JsonObject): boolean {
  const verification = listAt(objectAt(resource, 'verificationStatus'), 'coding');
  return (
    textAt(resource, 'status') === 'entered-in-error' ||
    verification.some((coding) => textAt(coding, 'code') === 'entered-in-error')
  );
}

/** Longest texts that a twin carries along: a code of more is no code, a display is cut. */
const MAX_CODE = 256;
const MAX_DISPLAY = 200;

/** LOINC 82810-3 Pregnancy status: limits follow from it. */
function isPregnancyStatus(coding: JsonObject): boolean {
  return textAt(coding, 'system') === 'http://loinc.org' && textAt(coding, 'code') === '82810-3';
}

/** Further codings of a concept that are kept. */
const MAX_ALSO = 4;

/** First coding of a concept, its display or text, and the codes of the next ones: what it means may stand in any. */
function concept(value: JsonObject | undefined): Concept | undefined {
  if (value === undefined) return undefined;
  const [coding, ...others] = listAt(value, 'coding');
  const also = others
    .slice(0, MAX_ALSO)
    .map((one) => present({ system: short(textAt(one, 'system')), code: short(textAt(one, 'code')) }));
  return present({
    system: short(textAt(coding, 'system')),
    code: short(textAt(coding, 'code')),
    display: (textAt(coding, 'display') ?? textAt(value, 'text'))?.slice(0, MAX_DISPLAY).toWellFormed(),
    also: also.length === 0 ? undefined : also,
  });
}

function short(text: string | undefined): string | undefined {
  return text === undefined || text.length > MAX_CODE ? undefined : text;
}

function present<T extends object>(content: T): T {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)) as T;
}
