import type { DeviceAssignment, DeviceUse } from '#libs/domain/fhir';
import type { SearchValues } from '#libs/fhir-search';
import type { Condition } from '../conditions/condition.js';
import type { Visible } from './visible.js';

/** The current version of a resource, or one of its earlier ones. */
export interface StoredResource {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  /** The JSON text as it was answered, digits of decimals included; '' for a deletion. */
  readonly content: string;
  /** ms since 1970 */
  readonly lastUpdated: number;
}

/** The current version, with the Patient it belongs to. */
export interface CurrentResource extends StoredResource {
  readonly patient: string | null;
}

/** What a request must know before it writes. All lists may hold doubles and be in any order. */
export interface FhirLookups {
  /** Resources that the request may write: locked until the transaction ends. */
  readonly lock: readonly { readonly type: string; readonly id: string }[];
  /** Resources that the request only reads. */
  readonly read: readonly { readonly type: string; readonly id: string }[];
  /** Ids of Patients that must be there. */
  readonly patients: readonly string[];
  /** Ids of Devices whose patient is asked for. */
  readonly devices: readonly string[];
  /** Business identifiers, as {@link indexedIdentifiers} has them, of which it is asked whose they are. */
  readonly identifiers?: readonly TypedIdentifier[];
  /** Conditions of which it is asked what matches, each once. */
  readonly conditions?: readonly ConditionLookup[];
  /** What conditions may find of each type, also by chains; absent for everything. */
  readonly visible?: Visible;
  /** What must not change between looking and writing, see {@link ConditionLock}. */
  readonly locks?: readonly ConditionLock[];
}

export interface ConditionLookup {
  readonly condition: Condition;
  /** Whether what matches may be written: it is locked then. */
  readonly writes: boolean;
  /** Matches that are asked for at most. */
  readonly limit: number;
}

/**
 * A lock that is held from before the search of a condition until the transaction ends, so that nobody makes a match in between: two
 * requests that hold the same key, at least one of them alone, are one after the other.
 */
export interface ConditionLock {
  /** Small whole number, of the tenant. */
  readonly key: number;
  /** Whether others may hold it at the same time, if they share it, too: writers that make a match and ask nothing. */
  readonly isShared: boolean;
}

export interface FhirKnown {
  /** By `Type/id`; deleted ones included. */
  readonly resources: ReadonlyMap<string, CurrentResource>;
  /** Those of the asked Patients that exist and are not deleted, and those found by an identifier. */
  readonly patients: ReadonlySet<string>;
  /** By Device id, for those of the asked Devices that somebody has or had. */
  readonly deviceAssignments: ReadonlyMap<string, readonly DeviceAssignment[]>;
  /** {@link identifierKey} → ids of the resources that have the identifier and are not deleted. */
  readonly identified: ReadonlyMap<string, readonly string[]>;
  /** {@link Condition.key} → ids of the resources that match; each of them is among {@link FhirKnown.resources}. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
}

export interface TypedIdentifier extends Identifier {
  readonly type: string;
}

export function identifierKey({ type, system, value }: TypedIdentifier): string {
  return JSON.stringify([type, system, value]);
}

export interface Identifier {
  readonly system: string;
  readonly value: string;
}

/**
 * A new version of a resource: version 1 for a new one, else the locked version + 1 (or more, when one request writes it several
 * times).
 */
export interface ResourceChange extends CurrentResource {
  /** Whether a patch made it. */
  readonly isPatch?: boolean;
  /** For Patients: makes the twin, or moves its birth date. */
  readonly twin?: { readonly birthDate: string | null };
  /** For Devices: the patient they are on now; null takes the device off. */
  readonly devicePatient?: string | null;
  /** For DeviceUseStatements: what they say; null when they say nothing, or not any more. */
  readonly deviceUse?: DeviceUse | null;
  readonly identifiersAdded?: readonly Identifier[];
  readonly identifiersRemoved?: readonly Identifier[];
  /** By what a search finds it; absent for a deletion. */
  readonly search?: SearchValues;
}
