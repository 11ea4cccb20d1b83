import type { Alert } from '#libs/contracts';

/** Which alerts a subscriber wants; an absent list means all. */
export interface WebhookFilter {
  readonly severity?: readonly string[];
  /** Alerts of these rules, and those into which an alert of these rules was folded. */
  readonly rules?: readonly string[];
  readonly patients?: readonly string[];
  /** Of the patient, or of the equipment. */
  readonly category?: Alert['category'];
}

export function matchesFilter(
  alert: Pick<Alert, 'severity' | 'patient' | 'rule' | 'category' | 'suppressed'>,
  filter: WebhookFilter,
): boolean {
  return (
    includes(filter.severity, alert.severity) &&
    (filter.category === undefined || filter.category === alert.category) &&
    [alert.rule, ...(alert.suppressed ?? []).map(({ rule }) => ({ id: rule }))].some(({ id }) =>
      includes(filter.rules, id),
    ) &&
    includes(
      filter.patients?.map((patient) => patient.replace(/^Patient\//, '')),
      alert.patient,
    )
  );
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list === undefined || list.includes(value);
}
