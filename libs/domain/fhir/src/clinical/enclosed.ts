import { listAt, objectAt } from '../json/element.js';
import type { JsonObject } from '../json/json.js';
import type { Unmeasured } from './clinical.js';

const MEASURED = new Set<unknown>(['Observation', 'MedicationAdministration']);

/**
 * Observations inside of another resource, and all that might be measured inside of a stored Bundle or Parameters: only resources of their own
 * are measured, and who is answered 2xx has to know.
 */
export function enclosedObservations(resource: JsonObject, path: string): readonly Unmeasured[] {
  const contained = listAt(resource, 'contained').flatMap((one, index): readonly Unmeasured[] =>
    one['resourceType'] === 'Observation'
      ? [{ reason: 'contained-not-measured', expression: `${path}.contained[${index}]` }]
      : [],
  );
  switch (resource['resourceType']) {
    case 'Bundle':
      return [...contained, ...bundled(listAt(resource, 'entry'), `${path}.entry`)];
    case 'Parameters':
      return [...contained, ...bundled(listAt(resource, 'parameter'), `${path}.parameter`)];
    default:
      return contained;
  }
}

/** The resources of entries, or of parameters and their parts. Recursion is bounded: the parser refuses deep nesting before. */
function bundled(list: readonly JsonObject[], path: string): readonly Unmeasured[] {
  return list.flatMap((item, index): readonly Unmeasured[] => {
    const at = `${path}[${index}]`;
    const resource = objectAt(item, 'resource');
    const parts = bundled(listAt(item, 'part'), `${at}.part`);
    if (resource === undefined) return parts;
    const place = `${at}.resource`;
    if (MEASURED.has(resource['resourceType']))
      return [{ reason: 'bundled-not-measured', expression: place }, ...parts];
    return [...enclosedObservations(resource, place), ...parts];
  });
}
