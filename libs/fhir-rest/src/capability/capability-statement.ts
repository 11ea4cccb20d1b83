/** Interactions of each resource type that this server has; search is not one of them yet. */
const INTERACTIONS = [
  'read',
  'vread',
  'create',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
] as const;

/**
 * What this server can do (FHIR R4 http.html#capabilities). It lists what is there and nothing else.
 * @param types all resource types of R4
 * @param date when this server was started, ISO 8601
 */
export function capabilityStatement(types: readonly string[], baseUrl: string, date: string): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Homeostat' },
    implementation: { description: 'Homeostat EHR gateway. Research software, not a medical device.', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Transactions are atomic. No search, no conditional interactions yet: they are refused with not-supported.',
        security: {
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
              ],
            },
          ],
          description: 'OAuth2 client credentials (SMART Backend Services); scopes system/Type.cruds.',
        },
        resource: types.map((type) => ({
          type,
          interaction: INTERACTIONS.map((code) => ({ code })),
          versioning: 'versioned-update',
          readHistory: true,
          updateCreate: true,
          conditionalCreate: false,
          conditionalRead: 'not-supported',
          conditionalUpdate: false,
          conditionalDelete: 'not-supported',
          referencePolicy: ['literal', 'local'],
        })),
        interaction: [{ code: 'transaction' }, { code: 'batch' }, { code: 'history-system' }],
      },
    ],
  };
}
