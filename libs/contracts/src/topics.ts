/**
 * Topics of the event log. Names, keys and partition counts are part of the outside contract (docs/asyncapi.json).
 * The number of partitions is fixed for the life of an installation: changing it would move patients between
 * partitions and break the order of their records.
 */
export const TOPICS = {
  /** Everything the twin engine applies: samples, clinical records, human acts and ticks. Key: {@link twinKey}. */
  patientInput: 'homeostat.patient-input.v1',
  /** Alert transitions for the dispatcher. Key: {@link twinKey}. */
  alerts: 'homeostat.alerts.v1',
  /** Records a consumer could not apply, with the reason in the headers. Key: that of the original record. */
  deadLetters: 'homeostat.dead-letters.v1',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

export const PARTITIONS: Readonly<Record<Topic, number>> = {
  [TOPICS.patientInput]: 12,
  [TOPICS.alerts]: 6,
  [TOPICS.deadLetters]: 1,
};

/** What a twin is of. Only patients have twins today. */
export type TwinSubject = 'patient' | 'device' | 'ward' | 'hospital';

/**
 * The ordering domain: all records of one twin of one tenant share this key, and so a partition. `tenant/id` for a patient, as in every
 * log that there is; `tenant/subject/id` for any other. No FHIR id has a slash, so the two cannot be mistaken for one another
 * (docs/adr/0030).
 *
 * @param tenant the tenant's key
 * @param id of what the twin is of; for a patient the FHIR id
 */
export function twinKey(tenant: number, subject: TwinSubject, id: string): string {
  return subject === 'patient' ? `${tenant}/${id}` : `${tenant}/${subject}/${id}`;
}

/** The twin of a tenant's monitoring as a whole, in place of a patient; no FHIR id can be this. */
export const SYSTEM_TWIN = '_system';
