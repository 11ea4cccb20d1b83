import type { ConsoleUnderTest } from './console.js';

type Client = ConsoleUnderTest['client'];

const UNITS: Readonly<Record<string, string>> = {
  'oxygen-saturation': '%',
  'systolic-pressure': 'mm[Hg]',
  'diastolic-pressure': 'mm[Hg]',
  'mean-pressure': 'mm[Hg]',
  'body-temperature': 'Cel',
  glucose: 'mg/dL',
  'oxygen-flow': 'L/min',
  'glasgow-coma-score': '{score}',
};

export async function put(
  client: Client,
  resourceType: string,
  resource: { readonly id: string } & Record<string, unknown>,
): Promise<void> {
  const answer = await client.fhir('PUT', `/${resourceType}/${resource.id}`, { resourceType, ...resource });
  if (answer.status >= 300) throw new Error(`${resourceType}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Records a patient, and the stay in a bed where one is named. */
export async function admit(client: Client, id: string, name: string, number: string, bed?: string): Promise<void> {
  const identifier = [{ type: { coding: [{ code: 'MR' }] }, value: number }];
  await put(client, 'Patient', { id, name: [{ text: name }], identifier });
  if (bed === undefined) return;
  const stay = {
    id: `stay-${id}`,
    status: 'in-progress',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${id}` },
    period: { start: '2026-01-01T00:00:00Z' },
    location: [{ location: { reference: `Location/${bed}` }, status: 'active' }],
  };
  await put(client, 'Encounter', stay);
}

/** Sends values of a patient, each under the name of its measure. */
export async function send(
  client: Client,
  patient: string,
  values: Readonly<Record<string, number>>,
  at = Date.now(),
): Promise<void> {
  const samples = Object.entries(values).map(([code, value]) => ({
    patient,
    code,
    value,
    unit: UNITS[code] ?? '/min',
    effectiveAt: new Date(at).toISOString(),
  }));
  const answer = await client.samples(samples);
  if (answer.status !== 202) throw new Error(`samples: ${answer.status}`);
}
