import { hkdfSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import { errors, interactionPolicy, Provider, type Adapter, type Configuration, type JWKS } from 'oidc-provider';
import type { User } from '#libs/platform/storage';

/** The console, as the issuer's only client. */
export const CONSOLE_CLIENT = 'console';
const ID_TOKEN_ALGORITHM = 'EdDSA';
/** Seconds. A login page may be left open a while; a code is exchanged at once. */
const TTL = { Interaction: 3_600, Session: 3_600, Grant: 3_600, AuthorizationCode: 60, AccessToken: 60, IdToken: 300 };

/** Where the issuer's endpoints are. */
export const ISSUER_PATH = '/console/oidc';
/** Its name, and that of its signature begin so. */
export const ISSUER_SESSION_COOKIE = 'homeostat-issuer';
export const CALLBACK_PATH = '/console/callback';

export interface EmbeddedIssuerParts {
  /** As its tokens name it. */
  readonly issuer: string;
  /** Private keys, newest first (`SigningKeys.jwks`). */
  readonly keys: readonly JWK[];
  readonly adapter: (kind: string) => Adapter;
  readonly findUser: (id: string) => Promise<Pick<User, 'id'> | undefined>;
  /** The page that asks for name and password. */
  readonly loginPath: (uid: string) => string;
  readonly onError: (error: unknown) => void;
}

/** A sign-in under way. */
export type LoginState = 'open' | 'over';

/** The issuer of installations without one: `oidc-provider` for one client, the console of the same process. */
export class EmbeddedIssuer {
  private readonly provider: Provider;
  readonly clientSecret: string;

  constructor(private readonly parts: EmbeddedIssuerParts) {
    this.clientSecret = derived(parts.keys[0], 'console client');
    const provider = new Provider(parts.issuer, this.configuration());
    this.provider = provider;
    // Whatever stood in the headers was replaced by what this server knows (issuer-mount).
    provider.proxy = true;
    // Browsers reach the server by different names; each is sent back where it came from.
    Object.defineProperty(provider.Client.prototype, 'redirectUriAllowed', { value: isOwnCallback });
    provider.on('server_error', (_ctx, error: unknown) => parts.onError(error));
  }

  /** Answers a request to one of its endpoints. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.handle(request, response);
  }

  /** Whether the browser that asks has this sign-in under way. */
  async loginState(uid: string, request: IncomingMessage, response: ServerResponse): Promise<LoginState> {
    try {
      const details = await this.provider.interactionDetails(request, response);
      return details.uid === uid && details.prompt.name === 'login' ? 'open' : 'over';
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return 'over';
      throw error;
    }
  }

  /** The user showed who they are. @returns where the browser goes on */
  async loggedIn(user: Pick<User, 'id'>, request: IncomingMessage, response: ServerResponse): Promise<string> {
    return this.provider.interactionResult(request, response, { login: { accountId: user.id, remember: false } });
  }

  private get handle(): (request: IncomingMessage, response: ServerResponse) => unknown {
    return (this.callback ??= this.provider.callback());
  }

  private callback: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;

  private configuration(): Configuration {
    const { keys, adapter, findUser, loginPath } = this.parts;
    const policy = interactionPolicy.base();
    return {
      adapter,
      jwks: { keys: keys.map((key) => ({ ...key, alg: ID_TOKEN_ALGORITHM, use: 'sig' })) } as JWKS,
      clients: [
        {
          client_id: CONSOLE_CLIENT,
          client_secret: this.clientSecret,
          redirect_uris: [`https://console.invalid${CALLBACK_PATH}`],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_basic',
          id_token_signed_response_alg: ID_TOKEN_ALGORITHM,
          require_auth_time: true,
        },
      ],
      findAccount: async (_ctx, id) =>
        (await findUser(id)) === undefined ? undefined : { accountId: id, claims: () => ({ sub: id }) },
      // The console is this server's own: nobody is asked whether it may know who signed in.
      loadExistingGrant: async (ctx) => {
        const { oidc } = ctx;
        const { accountId } = oidc.session ?? {};
        if (oidc.client?.clientId !== CONSOLE_CLIENT || accountId === undefined) return undefined;
        const grant = new oidc.provider.Grant({ clientId: CONSOLE_CLIENT, accountId });
        grant.addOIDCScope('openid');
        await grant.save();
        return grant;
      },
      interactions: { policy, url: (_ctx, interaction) => loginPath(interaction.uid) },
      scopes: ['openid'],
      claims: { openid: ['sub'] },
      responseTypes: ['code'],
      pkce: { required: () => true },
      enabledJWA: { idTokenSigningAlgValues: [ID_TOKEN_ALGORITHM] },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        userinfo: { enabled: false },
      },
      cookies: {
        keys: keys.map((key) => derived(key, 'issuer cookies')),
        names: { interaction: 'homeostat-login', resume: 'homeostat-login-resume', session: ISSUER_SESSION_COOKIE },
        long: { signed: true, httpOnly: true, sameSite: 'lax' },
        short: { signed: true, httpOnly: true, sameSite: 'lax' },
      },
      routes: {
        authorization: `${ISSUER_PATH}/auth`,
        token: `${ISSUER_PATH}/token`,
        jwks: `${ISSUER_PATH}/jwks`,
      },
      ttl: TTL,
      renderError: (ctx, out) => {
        ctx.type = 'text/plain; charset=utf-8';
        ctx.body = `This sign-in cannot go on (${out.error}). Open /console/ and sign in again.\n`;
      },
    };
  }
}

/** Its path is the callback's, and its origin that of the request. */
function isOwnCallback(uri: string): boolean {
  const { ctx } = Provider;
  return ctx !== undefined && uri === `${ctx.protocol}://${ctx.host}${CALLBACK_PATH}`;
}

/** A secret that all processes come to by themselves, and that nobody without the signing key does. */
function derived(key: JWK | undefined, purpose: string): string {
  if (key?.d === undefined) throw new Error('there is no signing key');
  return Buffer.from(hkdfSync('sha256', Buffer.from(key.d, 'base64url'), '', `homeostat ${purpose}`, 32)).toString(
    'base64url',
  );
}
