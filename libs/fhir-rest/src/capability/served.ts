/**
 * What is served, said once: the CapabilityStatement declares it, and a test tries every line of the statement on a running server.
 */
export const SERVED = {
  /** Of each resource type. */
  interactions: [
    'read',
    'vread',
    'update',
    'patch',
    'delete',
    'history-instance',
    'history-type',
    'create',
    'search-type',
  ],
  systemInteractions: ['transaction', 'batch', 'search-system', 'history-system'],
  formats: ['application/fhir+json', 'json'],
  patchFormats: ['application/json-patch+json', 'application/fhir+json'],
  /** By type; `*` for all of them. */
  operations: {
    '*': [{ name: 'validate', definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate' }],
    Patient: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }],
    Observation: [{ name: 'lastn', definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn' }],
  } as Readonly<Record<string, readonly { readonly name: string; readonly definition: string }[]>>,
} as const;
