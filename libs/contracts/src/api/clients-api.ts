import { z } from 'zod';
import { Instant, listOf, Note, PageQuery } from './api-values.js';

/** Keys are checked one by one where they are registered, so that a refusal names the place. */
const AskedJwks = z.looseObject({ keys: z.array(z.unknown()) }).describe('JWK Set of public keys for ES384 or RS384');
const Name = Note.min(1, 'must not be empty').max(200);
const Scopes = z
  .array(z.string().max(1_024))
  .min(1, 'must name at least one scope')
  .max(100)
  .describe('plain scopes, or SMART scopes such as system/Observation.rs?category=laboratory');
const JwksUri = z.string().max(2_048).describe('https URL of the JWK Set');
const Status = z.enum(['active', 'disabled']);

export const CreateClientRequest = z
  .strictObject({ name: Name, scopes: Scopes, jwks: AskedJwks.optional(), jwksUri: JwksUri.optional() })
  .refine(hasOneKeySource, { error: 'give jwks or jwksUri, not both', path: ['jwksUri'] });
export const PatchClientRequest = z
  .strictObject({
    name: Name.optional(),
    scopes: Scopes.optional(),
    jwks: AskedJwks.optional(),
    jwksUri: JwksUri.optional(),
    status: Status.optional(),
  })
  .refine(hasOneKeySource, { error: 'give jwks or jwksUri, not both', path: ['jwksUri'] });
export const ClientSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  scopes: z.array(z.string()),
  authentication: z.enum(['private_key_jwt', 'client_secret']),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  jwksUri: z.string().optional(),
  status: Status,
  createdAt: Instant,
});
export const CreatedClientSchema = ClientSchema.extend({
  secret: z.string().optional().describe('only for a client without keys; shown once'),
});
export const ClientListSchema = listOf(ClientSchema);
export const ClientsQuery = z.strictObject(PageQuery);

function hasOneKeySource(request: { jwks?: unknown; jwksUri?: unknown }): boolean {
  return request.jwks === undefined || request.jwksUri === undefined;
}
