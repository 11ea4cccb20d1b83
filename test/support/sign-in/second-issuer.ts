import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';

/** What the issuer says of an account. */
export type AccountClaims = Readonly<Record<string, unknown>>;

/** Signs claims by the key of the issuer. */
export type SignClaims = (claims: JWTPayload) => Promise<string>;

export const SECOND_CLIENT = { id: 'homeostat-console', secret: 'secret-of-the-console' } as const;
const SCOPES = ['openid', 'profile', 'launch', 'fhirUser'];

/**
 * A real issuer of its own (another `oidc-provider` behind HTTP), as a hospital or an EHR has one: whoever comes is `account`, without a
 * page. Its FHIR base URL is `/fhir`.
 */
export class SecondIssuer {
  readonly accounts = new Map<string, AccountClaims>();
  /** Who signs in next; undefined: they cancel. */
  account: string | undefined;
  /** In the context of launches. */
  patient: string | undefined;
  /** Makes the id token from what would have been in it, by a faulty or hostile issuer; undefined answered: there is none. */
  forge: ((claims: JWTPayload, sign: SignClaims) => Promise<string | undefined>) | undefined;
  /** Paths that answer this status, as a gateway whose issuer is away does. */
  readonly away = new Map<string, number>();
  /** Parameters of authorization requests. */
  readonly asked: Record<string, unknown>[] = [];

  private constructor(
    readonly url: string,
    private readonly provider: Provider,
    private readonly server: Server,
  ) {}

  /** @param claimsIn whether claims are in the id token, or at userinfo only */
  static async start(claimsIn: 'id-token' | 'userinfo' = 'userinfo'): Promise<SecondIssuer> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    let issuer: SecondIssuer | undefined;
    const claimsOf = (id: string): AccountClaims => issuer?.accounts.get(id) ?? {};
    const provider = new Provider(url, {
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'second' }] } as never,
      clients: [
        {
          client_id: SECOND_CLIENT.id,
          client_secret: SECOND_CLIENT.secret,
          redirect_uris: ['https://registered.invalid/console/callback'],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...claimsOf(id) }) }),
      loadExistingGrant: async (ctx) => {
        const grant = new ctx.oidc.provider.Grant({
          clientId: ctx.oidc.client!.clientId,
          accountId: ctx.oidc.session!.accountId!,
        });
        grant.addOIDCScope(SCOPES.join(' '));
        await grant.save();
        return grant;
      },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      scopes: SCOPES,
      extraParams: ['launch', 'aud'],
      claims: {
        openid: ['sub', 'tenant', 'roles', 'realm_access', 'department'],
        profile: ['name', 'preferred_username'],
        fhirUser: ['fhirUser'],
      },
      conformIdTokenClaims: claimsIn === 'userinfo',
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
      cookies: { keys: ['test'] },
      ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    });
    // The address of the server under test is not known before.
    Object.defineProperty(provider.Client.prototype, 'redirectUriAllowed', {
      value: (uri: string) => new URL(uri).pathname === '/console/callback',
    });
    provider.use(async (ctx, next) => {
      await next();
      const body = ctx.body as Record<string, unknown> | undefined;
      if (ctx.path !== '/token' || typeof body?.['id_token'] !== 'string') return;
      const { patient, forge } = issuer ?? {};
      if (patient !== undefined) ctx.body = { ...body, patient };
      if (forge === undefined) return;
      const { id_token: token, ...rest } = body;
      const forged = await forge(decodeJwt(String(token)), (claims) => signed(claims, privateKey));
      ctx.body = { ...rest, ...(forged === undefined ? {} : { id_token: forged }) };
    });
    issuer = new SecondIssuer(url, provider, server);
    const answer = provider.callback();
    const own = issuer;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? '/', url);
      if (path.pathname.startsWith('/interaction/')) return void own.interact(request, response);
      if (path.pathname === '/fhir/.well-known/smart-configuration') return own.sendSmartConfiguration(response);
      const status = own.away.get(path.pathname);
      if (status !== undefined)
        return void response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Away</h1>');
      if (path.pathname === '/auth') own.asked.push(Object.fromEntries(path.searchParams));
      return void answer(request, response);
    });
    return issuer;
  }

  /** FHIR base URL, as an EHR gives it in `iss`. */
  get fhir(): string {
    return `${this.url}/fhir`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const result =
      this.account === undefined ? { error: 'access_denied' } : { login: { accountId: this.account, remember: false } };
    await this.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  private sendSmartConfiguration(response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        issuer: this.url,
        jwks_uri: `${this.url}/jwks`,
        authorization_endpoint: `${this.url}/auth`,
        token_endpoint: `${this.url}/token`,
        capabilities: ['launch-ehr', 'sso-openid-connect', 'context-ehr-patient'],
        code_challenge_methods_supported: ['S256'],
      }),
    );
  }
}

function signed(claims: JWTPayload, key: CryptoKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'second' }).sign(key);
}
