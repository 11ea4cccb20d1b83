import type { Any } from './server.js';
import { unique } from './server.js';

export const SYSTEM = 'urn:oid:2.16.840.1.113883.4.999.1';

export function patient(more: Any = {}): Any {
  return { resourceType: 'Patient', active: true, ...more };
}

export function identified(value: string = unique(), more: Any = {}): Any {
  return patient({ identifier: [{ system: SYSTEM, value }], ...more });
}

/** A heart rate. */
export function observation(subject: string, more: Any = {}): Any {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
    subject: { reference: subject },
    effectiveDateTime: '2026-03-01T10:00:00Z',
    valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    ...more,
  };
}

export function bundle(type: string, entry: readonly Any[]): Any {
  return { resourceType: 'Bundle', type, entry };
}

export function entry(method: string, url: string, resource?: Any, more: Any = {}): Any {
  const { fullUrl, ...request } = more;
  return {
    ...(fullUrl === undefined ? {} : { fullUrl }),
    ...(resource === undefined ? {} : { resource }),
    request: { method, url, ...request },
  };
}
