import type { Pool } from 'pg';
import type { DeviceAssignment } from '#libs/domain/fhir';
import { ASSIGNMENT, readAssignment } from '#libs/platform/storage';
import { type Reference, referenceKey } from '#libs/samples';
import { NOT_DELETED, PatientsById, subjectOf, type PatientRow, type Subject } from './patients-by-id.js';

export type PatientAnswer =
  | { readonly kind: 'patient'; readonly subject: Subject }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous' };

/** Who had the device when, and those of these patients that are still there, by id. */
export type DeviceAnswer =
  | {
      readonly kind: 'device';
      readonly device: string;
      readonly assignments: readonly DeviceAssignment[];
      readonly subjects: ReadonlyMap<string, Subject>;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous' };

/** Whose the samples of a batch are. Keys are those of {@link referenceKey}. */
export interface Resolved {
  readonly patients: ReadonlyMap<string, PatientAnswer>;
  readonly devices: ReadonlyMap<string, DeviceAnswer>;
}

/**
 * Resolves the references of a batch in at most four queries, whatever its size. Only patients found by id are remembered, for
 * ten seconds ({@link PatientsById}): who wears a device, and whose an identifier is, may change, and a measurement must not go to the wrong person;
 * and a patient who is not there yet may be made the next moment.
 */
export class Subjects {
  private readonly patientsById: PatientsById;

  constructor(
    private readonly pool: Pool,
    now: () => number,
  ) {
    this.patientsById = new PatientsById(pool, now);
  }

  async resolve(tenant: number, patients: readonly Reference[], devices: readonly Reference[]): Promise<Resolved> {
    const [patientAnswers, deviceAnswers] = await Promise.all([
      this.patients(tenant, patients),
      this.devices(tenant, devices),
    ]);
    return { patients: patientAnswers, devices: deviceAnswers };
  }

  private async patients(tenant: number, references: readonly Reference[]): Promise<Map<string, PatientAnswer>> {
    const answers = new Map<string, PatientAnswer>();
    const ids: string[] = [];
    const identifiers: Reference[] = [];
    for (const reference of references) {
      const key = referenceKey(reference);
      if (answers.has(key)) continue;
      answers.set(key, { kind: 'unknown' });
      if (reference.kind === 'identifier') {
        identifiers.push(reference);
        continue;
      }
      ids.push(reference.id);
    }
    await Promise.all([this.byId(tenant, ids, answers), this.byIdentifier(tenant, identifiers, answers)]);
    return answers;
  }

  private async byId(tenant: number, ids: readonly string[], answers: Map<string, PatientAnswer>): Promise<void> {
    if (ids.length === 0) return;
    for (const subject of await this.patientsById.find(tenant, ids))
      answers.set(subject.patient, { kind: 'patient', subject });
  }

  private async byIdentifier(
    tenant: number,
    wanted: readonly Reference[],
    answers: Map<string, PatientAnswer>,
  ): Promise<void> {
    if (wanted.length === 0) return;
    const { rows } = await this.pool.query<PatientRow & IdentifierRow>({
      name: 'wearable-patients-by-identifier',
      text: `SELECT i.system, i.value, t.patient, t.birth_date
             FROM unnest($2::text[], $3::text[]) AS w (system, value)
             JOIN fhir_identifiers i ON i.tenant = $1 AND i.type = 'Patient' AND i.system = w.system AND i.value = w.value
             JOIN twins t ON t.tenant = $1 AND t.patient = i.id ${NOT_DELETED}`,
      values: [tenant, ...columns(wanted)],
    });
    for (const row of rows) {
      const key = `${row.system}|${row.value}`;
      const twice = answers.get(key)?.kind !== 'unknown';
      answers.set(key, twice ? { kind: 'ambiguous' } : { kind: 'patient', subject: subjectOf(row) });
    }
  }

  private async devices(tenant: number, references: readonly Reference[]): Promise<Map<string, DeviceAnswer>> {
    const answers = new Map<string, DeviceAnswer>(
      references.map((reference) => [referenceKey(reference), { kind: 'unknown' }]),
    );
    const ids = new Set(references.flatMap((reference) => (reference.kind === 'id' ? [reference.id] : [])));
    const identifiers = references.filter((reference) => reference.kind === 'identifier');
    await Promise.all([
      this.devicesById(tenant, [...ids], answers),
      this.devicesByIdentifier(tenant, identifiers, answers),
    ]);
    return answers;
  }

  private async devicesById(tenant: number, ids: readonly string[], answers: Map<string, DeviceAnswer>): Promise<void> {
    if (ids.length === 0) return;
    const { rows } = await this.pool.query<DeviceRow>({
      name: 'wearable-devices',
      text: `SELECT d.id AS device, ${HAD_BY} FROM fhir_resources d ${ASSIGNED}
             WHERE d.tenant = $1 AND d.type = 'Device' AND d.id = ANY ($2::text[]) AND NOT d.deleted`,
      values: [tenant, ids],
    });
    for (const [device, answer] of devicesOf(rows)) answers.set(device, answer);
  }

  private async devicesByIdentifier(
    tenant: number,
    wanted: readonly Reference[],
    answers: Map<string, DeviceAnswer>,
  ): Promise<void> {
    if (wanted.length === 0) return;
    const [systems, values] = columns(distinct(wanted));
    const { rows } = await this.pool.query<DeviceRow & IdentifierRow>({
      name: 'wearable-devices-by-identifier',
      text: `SELECT i.system, i.value, d.id AS device, ${HAD_BY}
             FROM unnest($2::text[], $3::text[]) AS w (system, value)
             JOIN fhir_identifiers i ON i.tenant = $1 AND i.type = 'Device' AND i.system = w.system AND i.value = w.value
             JOIN fhir_resources d ON d.tenant = $1 AND d.type = 'Device' AND d.id = i.id AND NOT d.deleted ${ASSIGNED}`,
      values: [tenant, systems, values],
    });
    const devices = devicesOf(rows);
    for (const row of rows) {
      const key = `${row.system}|${row.value}`;
      const before = answers.get(key);
      const device = devices.get(row.device);
      if (before?.kind === 'device' && before.device !== row.device) answers.set(key, { kind: 'ambiguous' });
      else if (before?.kind === 'unknown' && device !== undefined) answers.set(key, device);
    }
  }
}

/** One row for each time somebody had the device; one without assignment when nobody ever had it. */
const ASSIGNED = `LEFT JOIN device_assignments a ON a.tenant = d.tenant AND a.device = d.id
  LEFT JOIN twins t ON t.tenant = d.tenant AND t.patient = a.patient ${NOT_DELETED}`;
const HAD_BY = `CASE WHEN a.device IS NULL THEN NULL ELSE (${ASSIGNMENT})::text END AS assignment, t.patient, t.birth_date`;

interface DeviceRow {
  readonly device: string;
  readonly assignment: string | null;
  readonly patient: string | null;
  readonly birth_date: string | null;
}
interface IdentifierRow {
  readonly system: string;
  readonly value: string;
}

function devicesOf(rows: readonly DeviceRow[]): Map<string, DeviceAnswer> {
  const found = new Map<string, { assignments: Map<string, DeviceAssignment>; subjects: Map<string, Subject> }>();
  for (const { device, assignment, patient, birth_date } of rows) {
    const one = found.get(device) ?? { assignments: new Map(), subjects: new Map() };
    found.set(device, one);
    // A device that is asked for by two identifiers has its rows twice.
    if (assignment !== null) one.assignments.set(assignment, readAssignment(assignment));
    if (patient !== null) one.subjects.set(patient, subjectOf({ patient, birth_date }));
  }
  return new Map(
    [...found].map(([device, { assignments, subjects }]) => [
      device,
      { kind: 'device', device, assignments: [...assignments.values()], subjects },
    ]),
  );
}

function columns(references: readonly Reference[]): [systems: string[], values: string[]] {
  const identifiers = references.filter((reference) => reference.kind === 'identifier');
  return [identifiers.map((identifier) => identifier.system), identifiers.map((identifier) => identifier.value)];
}

function distinct(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((reference) => [referenceKey(reference), reference])).values()];
}
