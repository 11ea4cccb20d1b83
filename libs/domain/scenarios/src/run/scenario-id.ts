import { sha256Words } from '#libs/domain/quantities';
import type { ScenarioPlan } from '../request/scenario-plan.js';

/** What a scenario follows from, beside what was known of the person. */
export interface ScenarioOrigin {
  /** Key of the tenant. */
  readonly tenant: number;
  readonly patient: string;
  readonly plan: ScenarioPlan;
  readonly modelVersion: string;
  /** Of the fitted parameters; 0: those of the population. */
  readonly parametersVersion: number;
}

/**
 * The id of a scenario as a UUID (version 8, RFC 9562 §5.8): the first 128 bits of SHA-256 over all it follows from, members in one fixed order.
 * Two requests that mean the same have the same id.
 */
export function scenarioId({ tenant, patient, plan, modelVersion, parametersVersion }: ScenarioOrigin): string {
  const { model, from, knownAt, minutes, stepMinutes, draws, seed, arms } = plan;
  const changes = arms.map((arm) => [arm.name, arm.changes.map(sortedMembers)]);
  const text = JSON.stringify([
    'scenario',
    tenant,
    patient,
    [model, modelVersion, parametersVersion],
    [from, knownAt, minutes, stepMinutes, draws, seed],
    changes,
  ]);
  const hex = sha256Words(text)
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sortedMembers(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
