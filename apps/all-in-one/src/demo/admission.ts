import type { ApiClient } from './api-client.js';
import { hasPump } from './pump/pump-person.js';
import type { Bed } from './ward.js';

/** Newest value of each bed that is known already, ms; a bed that is not there yet has none. */
export type Known = ReadonlyMap<number, { readonly vitals?: number; readonly glucose?: number }>;

interface Twin {
  readonly measures: Readonly<Record<string, { readonly effectiveAt: string } | undefined>>;
}

/**
 * Brings the patients into their beds by one FHIR transaction, unless they are all there; answers what is known of each. Installations of before
 * there were beds get them.
 *
 * @param at when new patients were admitted, ms
 */
export async function admit(api: ApiClient, beds: readonly Bed[], at: number): Promise<Known> {
  const found = await Promise.all(
    beds.map(async (bed) => ({ bed, twin: await api.ask('GET', `/v1/twins/${bed.patient}`) })),
  );
  const last = beds.at(-1);
  const placed = last === undefined ? undefined : await api.ask('GET', `/fhir/r4/Encounter/${encounterOf(last)}`);
  if (placed?.status === 404 || found.some(({ twin }) => twin.status === 404)) {
    const entry = beds.flatMap((bed) => resourcesOf(bed, at)).map(asEntry);
    await api.must('POST', '/fhir/r4', { resourceType: 'Bundle', type: 'transaction', entry }, 'application/fhir+json');
  }
  return new Map(
    found
      .filter(({ twin }) => twin.status === 200)
      .map(({ bed, twin }) => [bed.number, newestOf((twin.body as Twin).measures)]),
  );
}

function newestOf(measures: Twin['measures']): { readonly vitals?: number; readonly glucose?: number } {
  const [vitals, glucose] = [measures['heart-rate'], measures['glucose']];
  return {
    ...(vitals === undefined ? {} : { vitals: Date.parse(vitals.effectiveAt) }),
    ...(glucose === undefined ? {} : { glucose: Date.parse(glucose.effectiveAt) }),
  };
}

interface Resource {
  readonly resourceType: string;
  readonly id: string;
}

/** Record numbers of a hospital that does not exist. */
const RECORD_NUMBERS = 'https://demo.example/record-numbers';

function encounterOf({ patient }: Bed): string {
  return `${patient}-stay`;
}

function resourcesOf(bed: Bed, at: number): readonly Resource[] {
  const patient = { reference: `Patient/${bed.patient}` };
  return [
    {
      resourceType: 'Patient',
      id: bed.patient,
      active: true,
      identifier: [
        {
          use: 'usual',
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
          system: RECORD_NUMBERS,
          value: bed.recordNumber,
        },
      ],
      name: [{ use: 'official', family: bed.name.family, given: [bed.name.given] }],
      gender: bed.gender,
      birthDate: bed.birthDate,
    } as Resource,
    {
      resourceType: 'Location',
      id: `${bed.patient}-place`,
      status: 'active',
      mode: 'instance',
      name: bed.label,
      physicalType: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'bd', display: 'Bed' },
        ],
      },
    } as Resource,
    {
      resourceType: 'Encounter',
      id: encounterOf(bed),
      status: 'in-progress',
      class: {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        code: 'IMP',
        display: 'inpatient encounter',
      },
      subject: patient,
      period: { start: new Date(at).toISOString() },
      location: [{ location: { reference: `Location/${bed.patient}-place` }, status: 'active' }],
    } as Resource,
    {
      resourceType: 'Device',
      id: bed.monitor,
      status: 'active',
      deviceName: [{ name: `Simulated monitor, ${bed.label}`, type: 'user-friendly-name' }],
      patient,
    } as Resource,
    {
      resourceType: 'Device',
      id: bed.sensor,
      status: 'active',
      deviceName: [{ name: `Simulated glucose sensor, ${bed.label}`, type: 'user-friendly-name' }],
      patient,
    } as Resource,
    ...(hasPump(bed) ? [diabetesOf(bed)] : []),
  ];
}

function diabetesOf(bed: Bed): Resource {
  return {
    resourceType: 'Condition',
    id: `${bed.patient}-diabetes`,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '46635009', display: 'Diabetes mellitus type 1' }] },
    subject: { reference: `Patient/${bed.patient}` },
  } as Resource;
}

function asEntry(resource: Resource): object {
  const url = `${resource.resourceType}/${resource.id}`;
  return { fullUrl: `https://demo.example/${url}`, resource, request: { method: 'PUT', url } };
}
