import type { WireFact, WireSample } from '#libs/contracts';

/** Why (a part of) a resource gave no measurement or fact; it is stored all the same. */
export type UnmeasuredReason =
  | 'no-patient'
  | 'type-not-mapped'
  | 'code-not-in-catalogue'
  | 'no-value'
  | 'value-not-a-quantity'
  | 'unit-missing'
  | 'unit-not-ucum'
  | 'unit-unknown'
  | 'unit-mismatch'
  | 'comparator'
  | 'value-impossible'
  | 'no-time'
  | 'time-in-future'
  | 'status-not-final'
  | 'sampled-data-unreadable';

export interface Unmeasured {
  readonly reason: UnmeasuredReason;
  /** Element it is about. */
  readonly expression: string;
}

/** What a resource says of one patient. */
export interface ClinicalContent {
  /** FHIR id of the Patient. */
  readonly patient: string | undefined;
  readonly samples: readonly WireSample[];
  readonly facts: readonly WireFact[];
  readonly unmeasured: readonly Unmeasured[];
}

export interface ClinicalContext {
  /** Version id of the resource. */
  readonly version: number;
  /** The Patient a Device is on, for resources whose subject is a device. */
  readonly patientOfDevice: (device: string) => string | undefined;
  /** When it was received, ms since 1970: what claims to be later than ten minutes after it has no believable time. */
  readonly receivedAt?: number;
}
