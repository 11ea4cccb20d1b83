import { ownerDuring, parseJson, type DeviceAssignment, type JsonObject } from '#libs/domain/fhir';
import type { AccessVerb, Allowed } from '../access/allowed.js';
import { seenBy } from '../access/within.js';
import { identifiersOf } from '../clinical/side-effects.js';
import { indexedForms } from '../references/indexed-identifier.js';
import { identifierKey, type CurrentResource, type FhirKnown, type TypedIdentifier } from '../repository/resources.js';
import type { SettledStep } from '../settle/settle.js';

/** What is there: as the database held it, then as the steps leave it that were taken. */
export class Known {
  readonly current: Map<string, CurrentResource>;
  readonly patients: Set<string>;
  readonly devices: Map<string, readonly DeviceAssignment[]>;
  /** Patients that were here before the request. */
  readonly patientsBefore: ReadonlySet<string>;
  private readonly identified: Map<string, readonly string[]>;
  /** Medications that steps of a transaction make or change, by id: an entry may refer to a later one. */
  private readonly medications = new Map<string, JsonObject>();

  constructor(
    known: FhirKnown,
    private readonly allowed: Allowed,
  ) {
    this.current = new Map(known.resources);
    this.patients = new Set(known.patients);
    this.devices = new Map(known.deviceAssignments);
    this.patientsBefore = known.patients;
    this.identified = new Map(known.identified);
  }

  /** All of a transaction or nothing: what it makes is there for the references of all its entries. */
  expect(steps: readonly SettledStep[]): void {
    for (const step of steps) {
      if (step.kind !== 'create' && step.kind !== 'update') continue;
      if (step.type === 'Medication') this.medications.set(step.id, step.resource);
      if (step.type !== 'Patient' && step.type !== 'Device') continue;
      if (step.type === 'Patient') this.patients.add(step.id);
      for (const one of identifiersOf(step.resource)) {
        const key = identifierKey({ type: step.type, ...one });
        this.identified.set(key, [...new Set([...(this.identified.get(key) ?? []), step.id])]);
      }
    }
  }

  /** The current version of `Type/id` as the caller may know of it. */
  seen(verb: AccessVerb, key: string): CurrentResource | undefined {
    return seenBy(this.allowed, verb, this.current.get(key));
  }

  /** A Medication as the request makes it, else as it is stored. */
  medication(id: string): JsonObject | undefined {
    const made = this.medications.get(id);
    if (made !== undefined) return made;
    const found = this.current.get(`Medication/${id}`);
    if (found === undefined || found.deleted) return undefined;
    const parsed = parseJson(found.content);
    return parsed.ok ? (parsed.value as JsonObject) : undefined;
  }

  /** Ids of the resources with a business identifier. */
  having({ type, ...identifier }: TypedIdentifier): readonly string[] {
    const keys = indexedForms(identifier).map((form) => identifierKey({ type, ...form }));
    return [...new Set(keys.flatMap((key) => this.identified.get(key) ?? []))];
  }

  ownerOf(device: string, from: number, to: number): string | undefined {
    const owner = ownerDuring(this.devices.get(device) ?? [], from, to);
    return owner.kind === 'patient' ? owner.patient : undefined;
  }
}
