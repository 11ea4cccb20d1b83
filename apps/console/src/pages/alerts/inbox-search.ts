import { SEVERITIES, type AlertStatus, type Severity } from '../../api/alert.js';

/** What of the alerts is shown: in the address of the page, so that it can be kept, sent and gone back to. */
export interface InboxSearch {
  /** Absent: open, acknowledged and snoozed. */
  readonly status?: AlertStatus;
  readonly severity?: Severity;
  /** FHIR id. */
  readonly patient?: string;
}

export const STATUSES = [
  'open',
  'acknowledged',
  'snoozed',
  'resolved',
  'retrospective',
  'retracted',
] as const satisfies readonly AlertStatus[];

const FHIR_ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** The filters in an address; what is no filter is left out. */
export function inboxSearch(search: Readonly<Record<string, unknown>>): InboxSearch {
  const status = STATUSES.find((one) => one === search['status']);
  const severity = SEVERITIES.find((one) => one === search['severity']);
  const { patient } = search;
  // The router reads an id of digits as a number.
  const id = typeof patient === 'number' ? String(patient) : patient;
  return {
    ...(status === undefined ? {} : { status }),
    ...(severity === undefined ? {} : { severity }),
    ...(typeof id === 'string' && FHIR_ID.test(id) ? { patient: id } : {}),
  };
}
