/** Loads of the bench: made from a counter, so that every run sends the same shapes. */

const MEASURES = [
  ['heart-rate', '/min', 72],
  ['oxygen-saturation', '%', 97],
  ['respiratory-rate', '/min', 15],
  ['body-temperature', 'Cel', 36.8],
  ['systolic-pressure', 'mm[Hg]', 121],
  ['diastolic-pressure', 'mm[Hg]', 78],
  ['glucose', 'mg/dL', 112],
] as const;

/** A request of one gateway for one patient: `count` samples, one a second, seven measures in turn, all inside normal limits. */
export function sampleBatch(patient: string, from: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    const [code, unit, value] = MEASURES[index % MEASURES.length] ?? MEASURES[0];
    return {
      patient,
      code,
      unit,
      value: Math.round((value + Math.sin((from / 1000 + index) / 7)) * 10) / 10,
      effectiveAt: new Date(from + index * 1000).toISOString(),
    };
  });
}

export function patientEntry(id: string): unknown {
  return {
    fullUrl: `https://bench.example/Patient/${id}`,
    resource: { resourceType: 'Patient', id, active: true, birthDate: '1960-01-01', gender: 'female' },
    request: { method: 'PUT', url: `Patient/${id}` },
  };
}

/** A new person and one observation of them. */
export function patientAndObservation(index: number, at: number): unknown {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: `urn:uuid:00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
        resource: { resourceType: 'Patient', active: true, birthDate: '1970-05-17', gender: 'male' },
        request: { method: 'POST', url: 'Patient' },
      },
      observationEntry(`urn:uuid:00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`, at),
    ],
  };
}

/** `count` observations of a patient that is there. */
export function observationBundle(patient: string, at: number, count: number): unknown {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: Array.from({ length: count }, (_, index) => observationEntry(`Patient/${patient}`, at + index * 1000)),
  };
}

function observationEntry(subject: string, at: number): unknown {
  return {
    resource: {
      resourceType: 'Observation',
      status: 'final',
      category: [
        {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
        },
      ],
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
      subject: { reference: subject },
      effectiveDateTime: new Date(at).toISOString(),
      valueQuantity: { value: 71, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
    },
    request: { method: 'POST', url: 'Observation' },
  };
}
