import type { WireFact, WireSample } from '#libs/contracts';
import type { JsonObject } from '../json/json.js';
import type { UnmeasuredReason } from './unmeasured.js';

/** A part of a resource that gave no measurement or fact; the resource is stored all the same. */
export interface Unmeasured {
  readonly reason: UnmeasuredReason;
  /** FHIRPath of the element it is about. */
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

/** What is known beside the resource. References of the resource are resolved: a relative one is to a resource of this server. */
export interface ClinicalContext {
  /** Version id of the resource. */
  readonly version: number;
  /**
   * The Patient who had a Device, for resources whose subject is a device; `at` is the time of the resource (ms), where it has one,
   * `until` that of its last value.
   */
  readonly patientOfDevice: (device: string, at: number | undefined, until?: number) => string | undefined;
  /** Ids of the Patients of this server with a business identifier. */
  readonly patientsWith?: (identifier: BusinessIdentifier) => readonly string[];
  /** The same of Devices. */
  readonly devicesWith?: (identifier: BusinessIdentifier) => readonly string[];
  /** The Medication of this server, or of the same request, with this id. */
  readonly medication?: (id: string) => JsonObject | undefined;
  /** When it was received, ms since 1970: what claims to be later than ten minutes after it has no plausible time. */
  readonly receivedAt?: number;
}

/** `system` is '' where there is none. */
export interface BusinessIdentifier {
  readonly system: string;
  readonly value: string;
}
