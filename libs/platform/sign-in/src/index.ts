export { artifactAdapters } from './embedded/artifact-adapter.js';
export { EmbeddedIssuer, ISSUER_PATH, ISSUER_SESSION_COOKIE } from './embedded/embedded-issuer.js';
export { ownRelyingParty, type InProcessFetch } from './embedded/own-issuer.js';
export { nextPath } from './relying-party/next-path.js';
export { ehrRelyingParty, outsideRelyingParty } from './relying-party/outside-issuers.js';
export { personOf, type ClaimNames, type PersonClaims } from './relying-party/person-claims.js';
export {
  SignInAwayError,
  SignInRefusedError,
  type PendingSignIn,
  type RelyingParty,
  type SignInAnswer,
} from './relying-party/relying-party.js';
