import { heartRate, nextPage, type Reply, TestFhirGateway } from '../../../../test/support/fhir-gateway.js';
import { storeMeasured } from '../../../../test/support/forecasts/measured-values.js';

export const T0 = Date.UTC(2026, 10, 29, 6);
export const MINUTE = 60_000;
export const at = (minute: number): string => new Date(T0 + minute * MINUTE).toISOString();

export interface Entry {
  readonly resource: { readonly id: string; readonly effectiveDateTime: string };
  readonly search: { readonly mode: string };
}

/** 25 Observations of two patients: 11 stored, 14 measured by wearable senders. */
export async function openMeasured(): Promise<TestFhirGateway> {
  const gateway = await TestFhirGateway.open(4);
  for (const id of ['p1', 'p2']) await gateway.send('PUT', `/Patient/${id}`, { resourceType: 'Patient', id });
  // Stored ones at even minutes, each measured, too; those of the watch at odd ones, and one of each at the same moment.
  for (let minute = 0; minute <= 20; minute += 2) {
    const more = { id: `o${minute}`, effectiveDateTime: at(minute) };
    await gateway.send('PUT', `/Observation/o${minute}`, heartRate('Patient/p1', 60 + minute, more));
    await storeMeasured(gateway.pool, [
      { source: 'fhir', sourced: true, at: T0 + minute * MINUTE, value: 60 + minute },
    ]);
  }
  for (let minute = 1; minute <= 19; minute += 2)
    await storeMeasured(gateway.pool, [{ at: T0 + minute * MINUTE, value: 60 + minute }]);
  await storeMeasured(gateway.pool, [
    { at: T0 + 10 * MINUTE, value: 100 },
    { at: T0 + 5 * MINUTE, code: 9, value: 90 },
    { at: T0 + 6 * MINUTE, code: 9, value: 91, superseded: true },
    { at: T0 + 7 * MINUTE, code: 8, value: 37, version: 2, retracted: true },
    { patient: 'p2', at: T0, value: 70 },
  ]);
  return gateway;
}

export function matched(reply: Reply): Entry['resource'][] {
  const entries = (reply.json.entry ?? []) as Entry[];
  return entries.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource);
}

/** All pages; `between` runs after each. */
export async function pages(
  gateway: TestFhirGateway,
  query: string,
  between = (_page: number): Promise<unknown> => Promise.resolve(),
): Promise<Entry['resource'][]> {
  const all: Entry['resource'][] = [];
  let next: string | undefined = query;
  for (let page = 0; next !== undefined; page++) {
    if (page > 100) throw new Error('pages without an end');
    const reply: Reply = await gateway.send('GET', next);
    if (reply.status !== 200) throw new Error(`${next}: ${reply.status} ${reply.text.slice(0, 200)}`);
    all.push(...matched(reply));
    next = nextPage(reply);
    await between(page);
  }
  return all;
}
