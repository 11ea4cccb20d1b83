import { z } from 'zod';
import { json, type RouteDoc } from './route-doc.js';

const ClientFields = {
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer').optional(),
  client_assertion: z.string().optional(),
};
const TokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  scope: z.string().optional(),
  ...ClientFields,
});
const TokenStatusRequest = z.object({
  token: z.string(),
  token_type_hint: z.string().optional(),
  ...ClientFields,
});
const IntrospectionAnswer = z.object({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  sub: z.string().optional(),
  token_type: z.literal('Bearer').optional(),
  tenant: z.string().optional(),
  exp: z.number().int().optional(),
  jti: z.string().optional(),
  iss: z.string().optional(),
  fhirUser: z.string().optional(),
});
const SmartConfiguration = z.object({
  token_endpoint: z.string(),
  introspection_endpoint: z.string(),
  revocation_endpoint: z.string(),
  grant_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
  introspection_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
  revocation_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
  capabilities: z.array(z.string()),
});
const FORM = ['application/x-www-form-urlencoded'];
const TokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
  scope: z.string(),
});

export const ACCESS_ROUTES: readonly RouteDoc[] = [
  {
    method: 'post',
    path: '/oauth/token',
    summary: 'OAuth2 client credentials: HTTP Basic, form fields or private_key_jwt',
    tag: 'access',
    status: 200,
    body: { schema: TokenRequest, types: FORM },
    answer: json(TokenAnswer),
  },
  {
    method: 'post',
    path: '/oauth/introspect',
    summary: 'What an access token of the own tenant gives (RFC 7662), for a client or the holder of a token',
    tag: 'access',
    status: 200,
    body: { schema: TokenStatusRequest, types: FORM },
    answer: json(IntrospectionAnswer),
  },
  {
    method: 'post',
    path: '/oauth/revoke',
    summary: 'Ends an access token of the caller (RFC 7009)',
    tag: 'access',
    status: 200,
    body: { schema: TokenStatusRequest, types: FORM },
  },
  {
    method: 'get',
    path: '/fhir/r4/.well-known/smart-configuration',
    summary: 'SMART configuration',
    tag: 'access',
    status: 200,
    answer: json(SmartConfiguration),
  },
];
