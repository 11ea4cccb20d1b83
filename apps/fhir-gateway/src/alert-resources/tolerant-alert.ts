import { ALERT_STATUSES, type Alert, type Evidence } from '#libs/contracts';

const EFFECTIVE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * An alert with what the mapping to FHIR needs: engines of earlier versions have left members out, and those of later ones may have
 * added statuses. @param sequence of its transition, which earlier records have beside the alert only
 */
export function tolerantAlert(alert: Alert, sequence: number): Alert {
  const { id, version, title } = alert.rule as Partial<Alert['rule']>;
  const isKnown = (ALERT_STATUSES as readonly string[]).includes(alert.status);
  const evidence = (alert as { readonly evidence?: readonly Evidence[] }).evidence ?? [];
  return {
    ...alert,
    sequence,
    rule: { id: id ?? 'unknown', version: version ?? '0', title: title ?? id ?? 'unknown' },
    status: isKnown ? alert.status : 'open',
    category: alert.category ?? 'physiological',
    severity: alert.severity ?? 'low',
    evidence: evidence.filter(({ effectiveAt }) => EFFECTIVE.test(effectiveAt)),
  };
}
