import { z } from 'zod';

const FHIR = 'application/fhir+json';
const resource = z.looseObject({ resourceType: z.string() });
export const fhirBody = { schema: resource, types: [FHIR, 'application/json'] };
export const patchBody = {
  schema: z.union([resource, z.array(z.looseObject({ op: z.string(), path: z.string() }))]),
  types: ['application/json-patch+json', FHIR, 'application/json'],
};
export const searchForm = { schema: z.record(z.string(), z.string()), types: ['application/x-www-form-urlencoded'] };
export const operationBody = {
  schema: resource,
  types: [FHIR, 'application/json', 'application/x-www-form-urlencoded'],
};
export const fhirAnswer = { schema: resource, type: FHIR };
