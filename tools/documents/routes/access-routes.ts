import { z } from 'zod';
import { json, type RouteDoc } from './route-doc.js';

const TokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer').optional(),
  client_assertion: z.string().optional(),
});
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
    body: { schema: TokenRequest, types: ['application/x-www-form-urlencoded'] },
    answer: json(TokenAnswer),
  },
  {
    method: 'get',
    path: '/fhir/r4/.well-known/smart-configuration',
    summary: 'SMART configuration',
    tag: 'access',
    status: 200,
    answer: json(z.looseObject({ token_endpoint: z.string() })),
  },
];
