/**
 * One patient's record as an EHR exports it: a transaction of `count` entries that refer to each other by urn:uuid — encounters, in each
 * a condition, a procedure, observations, and a report that lists them.
 */
export function largeBundle(count: number): unknown {
  const entry: unknown[] = [];
  const add = (resource: { readonly resourceType: string }): string => {
    const fullUrl = `urn:uuid:10000000-0000-4000-8000-${entry.length.toString(16).padStart(12, '0')}`;
    entry.push({ fullUrl, resource, request: { method: 'POST', url: resource.resourceType } });
    return fullUrl;
  };
  const subject = {
    reference: add({
      resourceType: 'Patient',
      identifier: [{ system: 'urn:oid:2.16.840.1.113883.4.999.2', value: `large-${Date.now()}` }],
      name: [{ family: 'Large', given: ['Record'] }],
      birthDate: '1950-01-01',
      gender: 'female',
    } as { readonly resourceType: string }),
  };
  for (let visit = 0; entry.length < count; visit++) {
    const at = new Date(Date.UTC(2010, 0, 1 + visit * 7, 9)).toISOString();
    const encounter = {
      reference: add({
        resourceType: 'Encounter',
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject,
        period: { start: at, end: at },
      } as { readonly resourceType: string }),
    };
    const results: { readonly reference: string }[] = [];
    for (let n = 0; n < 8 && entry.length < count - 1; n++) {
      results.push({
        reference: add({
          resourceType: 'Observation',
          status: 'final',
          category: [
            { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
          ],
          code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
          subject,
          encounter,
          effectiveDateTime: at,
          valueQuantity: { value: 60 + n, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
        } as { readonly resourceType: string }),
      });
    }
    if (entry.length < count)
      add({
        resourceType: 'DiagnosticReport',
        status: 'final',
        code: { text: 'Vital signs' },
        subject,
        encounter,
        effectiveDateTime: at,
        result: results,
      } as { readonly resourceType: string });
  }
  return { resourceType: 'Bundle', type: 'transaction', entry };
}
