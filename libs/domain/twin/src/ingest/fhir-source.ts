/**
 * Source of all measurements that come as FHIR resources. A resource has one identity (`Type/id`) whoever writes it, so its
 * measurements stand under the store's name, not under the writing client's.
 */
export const FHIR_SOURCE = 'fhir';
