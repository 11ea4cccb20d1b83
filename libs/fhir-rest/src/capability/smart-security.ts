/**
 * `CapabilityStatement.rest.security` of SMART Backend Services (SMART App Launch 2, conformance.html).
 * @param origin of this server, as the client called it
 */
export function smartSecurity(origin: string): object {
  const endpoint = (url: string, path: string): object => ({ url, valueUri: `${origin}/oauth/${path}` });
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [endpoint('token', 'token'), endpoint('introspect', 'introspect'), endpoint('revoke', 'revoke')],
      },
    ],
    service: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }],
      },
    ],
    description:
      'OAuth2 client credentials (SMART Backend Services); scopes system/Type.cruds, with search restrictions.',
  };
}
