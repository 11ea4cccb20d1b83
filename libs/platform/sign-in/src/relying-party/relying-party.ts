import * as oidc from 'openid-client';

/** The issuer cannot be reached, or answers what it must not: try again. */
export class SignInAwayError extends Error {
  override readonly name = 'SignInAwayError';
}

/** A sign-in that does not end in a session. The message is for the person, and holds nothing of the request. */
export class SignInRefusedError extends Error {
  override readonly name = 'SignInRefusedError';
}

/** What the browser keeps between leaving for the issuer and coming back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** A path of the console. */
  readonly next: string;
  /** ms since 1970 */
  readonly at: number;
  /** FHIR base URL of the EHR that opened the console. */
  readonly ehr?: string;
}

export interface RelyingPartyParts {
  readonly scope: string;
  /** Sent with every request to the issuer. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The person must have shown who they are after the sign-in began. */
  readonly isFresh?: boolean;
  readonly configuration: () => Promise<oidc.Configuration>;
}

/** What the issuer answered. */
export interface SignInAnswer {
  readonly claims: Readonly<Record<string, unknown>>;
  /** False: `userinfo` did not answer, so claims may be missing that the person has. */
  readonly isComplete: boolean;
  /** Members of the token answer, such as `patient`. */
  readonly answer: Readonly<Record<string, unknown>>;
}

const CLOCK_TOLERANCE_MS = 5_000;

/** OpenID Connect as a client: authorization code with PKCE (S256), state and nonce. */
export class RelyingParty {
  constructor(
    private readonly parts: RelyingPartyParts,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws {SignInAwayError} */
  async begin(
    redirectUri: string,
    next: string,
    more: { readonly ehr?: string; readonly parameters?: Readonly<Record<string, string>> } = {},
  ): Promise<{ readonly url: URL; readonly pending: PendingSignIn }> {
    const configuration = await this.configuration();
    const pending: PendingSignIn = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      next,
      at: this.now(),
      ...(more.ehr === undefined ? {} : { ehr: more.ehr }),
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.parts.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...this.parts.parameters,
      ...more.parameters,
    });
    return { url, pending };
  }

  /**
   * @param url under which the browser came back
   * @throws {SignInAwayError}
   * @throws {SignInRefusedError}
   */
  async finish(url: URL, pending: PendingSignIn): Promise<SignInAnswer> {
    const configuration = await this.configuration();
    const tokens = await oidc
      .authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: pending.verifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      })
      .catch(refused);
    const claims = tokens.claims();
    if (claims === undefined) throw new SignInRefusedError('the issuer did not say who signed in');
    if (this.parts.isFresh === true && ((claims.auth_time ?? 0) + 1) * 1000 + CLOCK_TOLERANCE_MS < pending.at)
      throw new SignInRefusedError('the password was not given for this sign-in');
    const info = await this.userInfo(configuration, tokens.access_token, claims.sub);
    return { claims: { ...info, ...claims }, isComplete: info !== undefined, answer: { ...tokens } };
  }

  /** Where the browser ends its session at the issuer; undefined when the issuer has no such page. */
  async endSessionUrl(redirectUri: string): Promise<string | undefined> {
    const configuration = await this.configuration();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
    return oidc.buildEndSessionUrl(configuration, { post_logout_redirect_uri: redirectUri }).href;
  }

  /** What the id token left out; undefined: it could not be asked. An issuer whose userinfo refuses has said what it said. */
  private async userInfo(
    configuration: oidc.Configuration,
    token: string,
    subject: string,
  ): Promise<object | undefined> {
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return oidc
      .fetchUserInfo(configuration, token, subject)
      .catch((error: unknown) => (isAway(error) ? undefined : {}));
  }

  private async configuration(): Promise<oidc.Configuration> {
    try {
      return await this.parts.configuration();
    } catch (error) {
      throw new SignInAwayError('the issuer cannot be reached', { cause: error });
    }
  }
}

/** What an issuer says of itself when it is the one that cannot go on (RFC 6749 §4.1.2.1). */
const AWAY: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error']);

function refused(error: unknown): never {
  if (isAway(error)) throw new SignInAwayError('the issuer does not answer as it should', { cause: error });
  if (error instanceof oidc.AuthorizationResponseError && error.error === 'access_denied')
    throw new SignInRefusedError('the sign-in was cancelled or not allowed');
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
    throw new SignInRefusedError('the issuer refused the sign-in', { cause: error });
  throw new SignInRefusedError('what the issuer answered cannot be accepted', { cause: error });
}

/** Not reached, not in time, or with a status of a server that fails: what it says of the person is not known. */
function isAway(error: unknown): boolean {
  if (error instanceof oidc.AuthorizationResponseError) return AWAY.has(error.error);
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500 || AWAY.has(error.error);
  if (error instanceof TypeError) return error.message === 'fetch failed';
  if (!(error instanceof oidc.ClientError)) return false;
  const answer = error.cause instanceof Response ? error.cause : undefined;
  return error.code === 'OAUTH_TIMEOUT' || (answer?.status ?? 0) >= 500;
}
