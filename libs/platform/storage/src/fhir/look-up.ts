import type { PoolClient } from 'pg';
import type { DeviceAssignment } from '#libs/domain/fhir';
import { identifierKey, type CurrentResource, type FhirKnown, type FhirLookups } from '#libs/fhir-rest';
import { ForecastStore } from '../forecast-resources/forecast-store.js';
import type { ForecastSource } from '../forecast-resources/forecast-values.js';
import { measuredObservations } from '../measured/measured-versions.js';
import { sentTogether } from '../postgres/sent-together.js';
import { readAssignment } from './device-assignments.js';
import { toStored, type LookRow } from './fhir-row.js';
import { LOOK_DEVICES, LOOK_IDENTIFIERS, LOOK_LOCKED, LOOK_PATIENTS, LOOK_READ } from './fhir-statements.js';

interface Looked {
  readonly known: Omit<FhirKnown, 'matches'>;
  /** Number in the search index of the resources that were looked up, by `Type/id`. */
  readonly searchKeys: ReadonlyMap<string, string>;
}

type Place = FhirLookups['lock'][number];

/** What lookups ask for, but conditions: small statements for what there is of it, sent together. Rows are locked before the others are read. */
export async function lookUp(
  client: PoolClient,
  tenant: number,
  lookups: FhirLookups,
  forecasts: readonly ForecastSource[],
): Promise<Looked> {
  const looking = new Looking(client, tenant);
  const { lock, read, patients, devices, identifiers = [] } = lookups;
  const locked = new Set(lock.map(nameOf));
  const seen = read.filter((place) => !locked.has(nameOf(place)));
  const named = new Set([...locked, ...seen.map(nameOf)]);
  await sentTogether([
    looking.resources('fhir-look-locked', LOOK_LOCKED, lock),
    looking.resources('fhir-look-read', LOOK_READ, seen),
    looking.patients(patients.filter((id) => !named.has(`Patient/${id}`))),
    looking.devices(devices),
    looking.identified(identifiers),
    looking.derived(read, forecasts),
  ]);
  for (const id of patients)
    if (looking.known.resources.get(`Patient/${id}`)?.deleted === false) looking.known.patients.add(id);
  return looking;
}

function nameOf({ type, id }: Place): string {
  return `${type}/${id}`;
}

class Looking implements Looked {
  readonly searchKeys = new Map<string, string>();
  readonly known = {
    resources: new Map<string, CurrentResource>(),
    patients: new Set<string>(),
    deviceAssignments: new Map<string, DeviceAssignment[]>(),
    identified: new Map<string, string[]>(),
  };

  constructor(
    private readonly client: PoolClient,
    private readonly tenant: number,
  ) {}

  async resources(name: string, text: string, places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    const values = [this.tenant, places.map(({ type }) => type), places.map(({ id }) => id)];
    const { rows } = await this.client.query<LookRow>({ name, text, values });
    for (const row of rows) {
      this.known.resources.set(nameOf(row), { ...toStored(row), patient: row.patient });
      if (row.search_key !== null) this.searchKeys.set(nameOf(row), row.search_key);
    }
  }

  async patients(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const values = [this.tenant, [...new Set(ids)]];
    const { rows } = await this.client.query<{ id: string }>({
      name: 'fhir-look-patients',
      text: LOOK_PATIENTS,
      values,
    });
    for (const { id } of rows) this.known.patients.add(id);
  }

  async devices(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { rows } = await this.client.query<{ device: string; assignment: string }>({
      name: 'fhir-look-devices',
      text: LOOK_DEVICES,
      values: [this.tenant, [...new Set(ids)]],
    });
    for (const { device, assignment } of rows) put(this.known.deviceAssignments, device, readAssignment(assignment));
  }

  async identified(identifiers: NonNullable<FhirLookups['identifiers']>): Promise<void> {
    if (identifiers.length === 0) return;
    const { rows } = await this.client.query<{ type: string; system: string; value: string; id: string }>({
      name: 'fhir-look-identifiers',
      text: LOOK_IDENTIFIERS,
      values: [
        this.tenant,
        identifiers.map((one) => one.type),
        identifiers.map((one) => one.system),
        identifiers.map((one) => one.value),
      ],
    });
    for (const { id, ...identifier } of rows) {
      if (identifier.type === 'Patient') this.known.patients.add(id);
      const key = identifierKey(identifier);
      if (this.known.identified.get(key)?.includes(id) !== true) put(this.known.identified, key, id);
    }
  }

  /** Measurements of wearable senders and forecasts, by the ids of the resources as which they are read. */
  async derived(places: readonly Place[], forecasts: readonly ForecastSource[]): Promise<void> {
    const found = await Promise.all([
      measuredObservations(this.client, this.tenant, places),
      new ForecastStore(this.client, forecasts).current(this.tenant, places),
    ]);
    for (const one of found.flat()) this.known.resources.set(nameOf(one), one);
  }
}

function put<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
