import type { ApiClient } from './api-client.js';
import { hasPump } from './pump/pump-person.js';
import type { Bed } from './ward.js';

/** Newest value of each bed that is known already, ms; a bed that is not there yet has none. */
export type Known = ReadonlyMap<number, { readonly vitals?: number; readonly glucose?: number }>;

interface Twin {
  readonly measures: Readonly<Record<string, { readonly effectiveAt: string } | undefined>>;
}

/** Brings the beds into the house by one FHIR transaction, unless they are all there; answers what is known of each. */
export async function admit(api: ApiClient, beds: readonly Bed[]): Promise<Known> {
  const found = await Promise.all(
    beds.map(async (bed) => ({ bed, twin: await api.ask('GET', `/v1/twins/${bed.patient}`) })),
  );
  if (found.some(({ twin }) => twin.status === 404)) {
    const entry = beds.flatMap((bed) => resourcesOf(bed)).map(asEntry);
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

function resourcesOf(bed: Bed): readonly Resource[] {
  const patient = { reference: `Patient/${bed.patient}` };
  return [
    {
      resourceType: 'Patient',
      id: bed.patient,
      active: true,
      name: [{ text: bed.label }],
      gender: bed.gender,
      birthDate: bed.birthDate,
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
