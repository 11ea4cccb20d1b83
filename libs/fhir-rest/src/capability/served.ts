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
  /** Whose members are searched by `Patient/{id}/{Type}`. */
  compartments: ['http://hl7.org/fhir/CompartmentDefinition/patient'],
  formats: ['application/fhir+json', 'json'],
  patchFormats: ['application/json-patch+json', 'application/fhir+json'],
  /** By type; `*` for all of them. */
  operations: {
    '*': [{ name: 'validate', definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate' }],
    Patient: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }],
    Observation: [{ name: 'lastn', definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn' }],
  } as Readonly<Record<string, readonly { readonly name: string; readonly definition: string }[]>>,
  /** By type: what is made here, beside what clients store. Read-only. */
  made: {
    Observation: 'Measurements of wearable senders are read as Observations (ids ms-…, md-…); read-only.',
    RiskAssessment:
      'The newest forecast of each patient, measure and model is read as a RiskAssessment (ids fc-…), those of before as its history; read-only.',
    DetectedIssue: 'Every alert is a DetectedIssue under its id; read-only.',
    Flag: 'Every alert is a Flag under its id, active while it is open; read-only.',
    Communication: 'Every message about an alert that an endpoint has taken is a Communication; read-only.',
    Provenance: 'Of what is made from alerts and forecasts, under the same id; read-only.',
  } as Readonly<Record<string, string>>,
} as const;
