import { z } from 'zod';
import { Instant } from './api-values.js';

/** Who signed in with this browser, and what they may do. */
export const SessionSchema = z.object({
  user: z.object({
    name: z.string(),
    fhirUser: z.string().optional().describe('reference of the person in FHIR, such as Practitioner/17'),
  }),
  tenant: z.object({ id: z.string() }),
  roles: z.array(z.string()),
  scopes: z.array(z.string()).describe('what the roles give, as for tokens'),
  csrfToken: z.string().describe('for the header X-CSRF-Token of requests that change something'),
  expiresAt: Instant.describe('when the session ends however much it is used'),
});
export const SignedOutSchema = z.object({
  redirect: z.string().describe('where the session at the outside issuer ends'),
});
