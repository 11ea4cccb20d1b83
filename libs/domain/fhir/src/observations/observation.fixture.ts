import type { JsonObject } from '../index.js';

export const context = { version: 3, patientOfDevice: (device: string) => (device === 'd1' ? 'p9' : undefined) };
export const at = Date.UTC(2026, 1, 28, 10);
export const UCUM = 'http://unitsofmeasure.org';

export function observation(over: object): JsonObject {
  return JSON.parse(
    JSON.stringify({
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2026-02-28T11:00:00+01:00',
      valueQuantity: { value: 70, unit: 'bpm', system: UCUM, code: '/min' },
      ...over,
    }),
  ) as JsonObject;
}
