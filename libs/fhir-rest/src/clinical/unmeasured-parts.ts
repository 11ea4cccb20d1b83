import { describeUnmeasured, type Issue, type UnmeasuredReason } from '#libs/domain/fhir';
import type { Clinical } from './clinical.js';
import { moved } from '../plan/moved-path.js';
import type { CreateStep, UpdateStep } from '../plan/step.js';
import type { CurrentResource } from '../repository/resources.js';

/** Part of a stored resource that gave no measurement, or no fact. */
export interface UnmeasuredPart {
  /** Place in the request, from 0. */
  readonly index: number;
  /** `Type/id` */
  readonly resource: string;
  readonly patient: string | undefined;
  readonly reason: UnmeasuredReason;
  /** FHIRPath in the resource. */
  readonly expression: string;
  /** Whether the sender has to know: it is a measurement that was expected, or a fact that cannot be used. */
  readonly isListed: boolean;
}

/** Reasons of which the sender has to know, whatever the type. */
const ALWAYS_LISTED: ReadonlySet<UnmeasuredReason> = new Set([
  'modifier-extension',
  'implicit-rules',
  'contained-not-measured',
  'bundled-not-measured',
]);
/** Types of which a measurement may be expected, or whose a device's measurements are. */
const MEASURED_TYPES: ReadonlySet<string> = new Set(['Observation', 'MedicationAdministration', 'DeviceUseStatement']);
/** Parts of one resource that are listed. */
export const MAX_LISTED = 100;

/** @param before the version that this one replaces */
export function unmeasuredParts(
  step: CreateStep | UpdateStep,
  clinical: Clinical,
  before: CurrentResource | undefined,
): readonly UnmeasuredPart[] {
  // What takes back an earlier version has done what it says.
  const takesBack = before !== undefined && !before.deleted;
  return clinical.unmeasured.map(({ reason, expression }) => ({
    index: step.index,
    resource: `${step.type}/${step.id}`,
    patient: clinical.patient,
    reason,
    expression,
    isListed: (MEASURED_TYPES.has(step.type) && !(reason === 'withdrawn' && takesBack)) || ALWAYS_LISTED.has(reason),
  }));
}

/** What the answer says of them. */
export function warningsOf(parts: readonly UnmeasuredPart[], step: CreateStep | UpdateStep): readonly Issue[] {
  return parts
    .filter((part) => part.isListed)
    .slice(0, MAX_LISTED)
    .map(({ reason, expression }) => ({
      severity: 'warning',
      code: 'processing',
      details: { coding: [{ code: reason }], text: `stored, not measured: ${describeUnmeasured(reason)}` },
      diagnostics: `stored, not measured: ${describeUnmeasured(reason)} (${reason})`,
      expression: [moved(expression, step.type, step.at)],
    }));
}
