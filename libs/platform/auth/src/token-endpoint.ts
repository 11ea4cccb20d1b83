import type { FastifyRequest } from 'fastify';
import type { Client, ClientStore } from '#libs/platform/storage';
import { accessOf, type AccessTokens } from './access-tokens.js';
import { ASSERTION_TYPE, judgeAssertion } from './client-assertion.js';
import { TooManyLoginsError } from './client-secrets.js';
import { RateLimitedError, type RateLimits } from './rate-limits.js';
import { narrow } from './scopes.js';

/** An answer of the token endpoint: RFC 6749 §5.1 and §5.2. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string | number>>;
}

type ClientVerdict =
  { readonly kind: 'ok'; readonly client: Client } | { readonly kind: 'refused'; readonly answer: TokenAnswer };

/** `POST /oauth/token` for client credentials: by HTTP Basic, form fields, or, with `PUBLIC_URL`, `private_key_jwt`. */
export class TokenEndpoint {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly clients: ClientStore,
    private readonly publicUrl: string | undefined,
    private readonly limits: Pick<RateLimits, 'attempt'>,
    private readonly now: () => number = Date.now,
  ) {}

  async answer(fields: Readonly<Record<string, string>>, request: FastifyRequest): Promise<TokenAnswer> {
    const grant = fields['grant_type'];
    if (grant === undefined) return failure(400, 'invalid_request', 'grant_type is missing');
    if (grant !== 'client_credentials')
      return failure(400, 'unsupported_grant_type', 'grant_type must be client_credentials');
    try {
      await this.limits.attempt(request.ip, claimedClient(fields, request));
      const verdict = await this.authenticate(fields, request);
      if (verdict.kind === 'refused') return verdict.answer;
      const { client } = verdict;
      const scopes = narrow(client.scopes, fields['scope']);
      if (scopes === undefined)
        return failure(400, 'invalid_scope', 'the scope is unknown, or none of it was given to this client');
      const issued = await this.tokens.issue(accessOf(client, scopes));
      return {
        status: 200,
        body: {
          access_token: issued.token,
          token_type: 'Bearer',
          expires_in: issued.expiresInSeconds,
          scope: scopes.join(' '),
        },
      };
    } catch (error) {
      if (error instanceof RateLimitedError) {
        const description = 'too many attempts to log in from here; try again later';
        return {
          ...failure(429, 'temporarily_unavailable', description),
          headers: { 'retry-after': String(error.retryAfterSeconds) },
        };
      }
      if (!(error instanceof TooManyLoginsError)) throw error;
      return {
        ...failure(429, 'temporarily_unavailable', 'too many logins at once; try again'),
        headers: { 'retry-after': '1' },
      };
    }
  }

  /**
   * The URL a client assertion must be made for; undefined where no own address is configured. It never comes from the request: else an
   * assertion made for another server would be taken from whoever puts that server's name into `Host`.
   */
  get audience(): string | undefined {
    return this.publicUrl === undefined ? undefined : `${this.publicUrl}/oauth/token`;
  }

  private async authenticate(
    fields: Readonly<Record<string, string>>,
    request: FastifyRequest,
  ): Promise<ClientVerdict> {
    const basic = request.headers.authorization;
    const assertion = fields['client_assertion'];
    const methods = [basic, fields['client_secret'], assertion].filter((given) => given !== undefined).length;
    if (methods > 1) return refused(failure(400, 'invalid_request', 'use one way of client authentication'));
    if (assertion !== undefined) return this.byAssertion(assertion, fields);
    const credentials = basic === undefined ? fromFields(fields) : fromBasic(basic);
    if (credentials === undefined)
      return refused(invalidClient('client id and secret are needed', basic !== undefined));
    if (basic !== undefined && fields['client_id'] !== undefined && fields['client_id'] !== credentials.id) {
      return refused(failure(400, 'invalid_request', 'client_id differs from the authenticated client'));
    }
    const client = await this.tokens.authenticate(credentials.id, credentials.secret);
    if (client === undefined) return refused(invalidClient('unknown client or wrong secret', basic !== undefined));
    return { kind: 'ok', client };
  }

  private async byAssertion(assertion: string, fields: Readonly<Record<string, string>>): Promise<ClientVerdict> {
    if (this.audience === undefined) {
      const why = 'private_key_jwt is not available: the address of this server is not configured (PUBLIC_URL)';
      return refused(invalidClient(why, false));
    }
    if (fields['client_assertion_type'] !== ASSERTION_TYPE) {
      return refused(failure(400, 'invalid_request', `client_assertion_type must be ${ASSERTION_TYPE}`));
    }
    const verdict = await judgeAssertion(assertion, [this.audience], this.clients, this.now());
    if (verdict.kind === 'refused') return refused(invalidClient(verdict.why, false));
    if (fields['client_id'] !== undefined && fields['client_id'] !== verdict.client.id) {
      return refused(invalidClient('client_id differs from the assertion', false));
    }
    return verdict;
  }
}

/** Who the caller says it is, checked or not; '' where the request does not say. */
function claimedClient(fields: Readonly<Record<string, string>>, request: FastifyRequest): string {
  const { authorization } = request.headers;
  const basic = authorization === undefined ? undefined : fromBasic(authorization);
  return basic?.id ?? fields['client_id'] ?? '';
}

function fromFields(fields: Readonly<Record<string, string>>): { id: string; secret: string } | undefined {
  const id = fields['client_id'];
  const secret = fields['client_secret'];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are put into the Basic header. */
function fromBasic(header: string): { id: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  try {
    return { id: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function invalidClient(description: string, challenged: boolean): TokenAnswer {
  const answer = failure(401, 'invalid_client', description);
  return challenged ? { ...answer, headers: { 'www-authenticate': 'Basic realm="homeostat"' } } : answer;
}

function failure(status: number, error: string, description: string): TokenAnswer {
  return { status, body: { error, error_description: description } };
}

function refused(answer: TokenAnswer): ClientVerdict {
  return { kind: 'refused', answer };
}
