export { type Access, type AccessEnd, type Tokens } from './access.js';
export { AccessTokens } from './access-tokens.js';
export { ClientGrants } from './client-grants.js';
export { hashSecret, SecretVerifier } from './client-secrets.js';
export { PasswordAttempts } from './people/password-attempts.js';
export { hashPassword, Passwords, problemOfPassword } from './people/passwords.js';
export { csrfTokenOf, grantOfUser, Sessions, type SignedIn } from './people/sessions.js';
export { TooManyLoginsError } from './scrypt-hash.js';
export { isPersonRole, PERSON_ROLES, scopesOfRoles, type PersonRole } from './scopes/roles.js';
export { type IssuerSettings } from './issuer/discovery.js';
export { IssuerAwayError, OutsideIssuer } from './issuer/outside-issuer.js';
export { ASSERTION_ALGORITHMS, ClientKeys, keyServerRules } from './keys/client-keys.js';
export { problemsOf, type KeyProblem } from './keys/verification-keys.js';
export { ClientAuthentication } from './oauth/client-authentication.js';
export { type OAuthAnswer } from './oauth/oauth-answer.js';
export { OAuthServer } from './oauth/oauth-server.js';
export { RateLimitedError, RateLimits, type Limited } from './rate-limits.js';
export {
  ALSO_FOR_CLIENTS,
  AlsoForClients,
  Authenticated,
  Caller,
  Public,
  RequireScope,
  ROUTE_ACCESS,
  type AuthorizedRequest,
  type RouteAccess,
} from './require-scope.js';
export { canBeEnforced, conditionsOf } from './scopes/restrictions.js';
export { allows, ALL_SCOPES, ANY_SOURCE, isKnownScope, systemScopes } from './scopes/scopes.js';
export { type RestrictionParameter, type SystemScope } from './scopes/system-scope.js';
export { SigningKeys } from './signing-keys.js';
