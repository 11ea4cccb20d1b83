import type { paths } from '../../api/generated/schema.js';

/** A patient as the API has them. */
export type WardPatient = paths['/v1/ward']['get']['responses']['200']['content']['application/json']['items'][number];

export type Severity = 'high' | 'medium' | 'low';
export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low'];

/** Nothing came from a patient for this long, ms. */
export const SILENT_AFTER_MS = 15 * 60_000;

/** How a patient stands at a time of the server: it goes on while nothing comes. */
export interface Standing {
  readonly isSilent: boolean;
  /** Codes of values that are too old to say how the patient is. */
  readonly stale: readonly string[];
  /** The highest of the alerts that are not over. */
  readonly severity: Severity | undefined;
}

/** @param now of the server, ms */
export function standingOf(patient: Pick<WardPatient, 'asOf' | 'vitals' | 'alerts'>, now: number): Standing {
  const { asOf, vitals, alerts } = patient;
  return {
    isSilent: asOf === null || now - Date.parse(asOf) > SILENT_AFTER_MS,
    stale: vitals
      .filter(({ effectiveAt, freshSeconds }) => now - Date.parse(effectiveAt) > freshSeconds * 1_000)
      .map(({ code }) => code),
    severity: SEVERITIES.find((severity) => (alerts?.[severity] ?? 0) > 0),
  };
}
