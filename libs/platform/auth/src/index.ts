export { type Access, type Tokens } from './access.js';
export { AccessTokens } from './access-tokens.js';
export { ASSERTION_ALGORITHMS } from './client-assertion.js';
export { ClientGrants } from './client-grants.js';
export { hashSecret, SecretVerifier, TooManyLoginsError } from './client-secrets.js';
export { RateLimitedError, RateLimits, type Limited } from './rate-limits.js';
export {
  Authenticated,
  Caller,
  Public,
  RequireScope,
  ROUTE_ACCESS,
  type AuthorizedRequest,
  type RouteAccess,
} from './require-scope.js';
export { allows, ALL_SCOPES, ANY_SOURCE } from './scopes.js';
export { SigningKeys } from './signing-keys.js';
export { TokenEndpoint } from './token-endpoint.js';
