import { z } from 'zod';

/** Days that each kind is kept, 0 for ever; docs/operate.md says from when they count and what stays however old it is. */
export interface Retention {
  readonly measurements: number;
  /** Closed alerts with their transitions, and suppressions. */
  readonly alerts: number;
  readonly deliveries: number;
  readonly rejections: number;
  readonly deadLetters: number;
  readonly audit: number;
  readonly fhirVersions: number;
  /** Forecasts with what they were scored with. */
  readonly forecasts: number;
  /** Records of patients whose twin is in quarantine. */
  readonly parkedRecords: number;
}

const days = z.coerce.number('must be a whole number').int('must be a whole number').min(0, 'must not be negative');

/** Alert records stay a week in the log; one that is read again must find its delivery there, or it would be sent again. */
const MIN_DELIVERIES = 8;

export const RETENTION_ENVIRONMENT = {
  RETENTION_DAYS: days.default(400),
  RETENTION_ALERTS_DAYS: days.optional(),
  RETENTION_DELIVERIES_DAYS: days
    .refine((value) => value === 0 || value >= MIN_DELIVERIES, {
      error: `must be 0 (for ever) or at least ${MIN_DELIVERIES}: alert records are kept in the log for a week`,
    })
    .default(30),
  RETENTION_REJECTIONS_DAYS: days.default(30),
  RETENTION_DEAD_LETTERS_DAYS: days.default(90),
  RETENTION_AUDIT_DAYS: days.optional(),
  RETENTION_FHIR_VERSIONS_DAYS: days.optional(),
  RETENTION_FORECASTS_DAYS: days.optional(),
  RETENTION_PARKED_DAYS: days.optional(),
} as const;

/** Six years, as HIPAA asks of documentation (45 CFR 164.316(b)(2)(i)). */
const AUDIT_DAYS = 2_190;

type Values = z.output<z.ZodObject<typeof RETENTION_ENVIRONMENT>>;

/** @returns the policy, or what is wrong with it in one line */
export function retentionOf(value: Values): Retention | string {
  const measurements = value.RETENTION_DAYS;
  const retention: Retention = {
    measurements,
    alerts: value.RETENTION_ALERTS_DAYS ?? measurements,
    deliveries: value.RETENTION_DELIVERIES_DAYS,
    rejections: value.RETENTION_REJECTIONS_DAYS,
    deadLetters: value.RETENTION_DEAD_LETTERS_DAYS,
    audit: value.RETENTION_AUDIT_DAYS ?? (measurements === 0 ? 0 : Math.max(AUDIT_DAYS, measurements)),
    fhirVersions: value.RETENTION_FHIR_VERSIONS_DAYS ?? measurements,
    forecasts: value.RETENTION_FORECASTS_DAYS ?? measurements,
    parkedRecords: value.RETENTION_PARKED_DAYS ?? measurements,
  };
  // A twin is made anew from measurements and acts, and takes over the alerts that were emitted.
  if (isShorter(retention.alerts, measurements)) return tooShort('RETENTION_ALERTS_DAYS');
  if (isShorter(retention.audit, measurements)) return tooShort('RETENTION_AUDIT_DAYS');
  return retention;
}

function isShorter(kept: number, than: number): boolean {
  return kept !== 0 && (than === 0 || kept < than);
}

function tooShort(name: string): string {
  return `${name} must be 0 (for ever) or at least RETENTION_DAYS: a twin is rebuilt from measurements, acts and alerts together`;
}
