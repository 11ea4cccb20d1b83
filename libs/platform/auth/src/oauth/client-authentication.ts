import type { FastifyRequest } from 'fastify';
import type { Client, ClientStore } from '#libs/platform/storage';
import type { AccessTokens } from '../access-tokens.js';
import type { ClientKeys } from '../keys/client-keys.js';
import type { RateLimits } from '../rate-limits.js';
import { ASSERTION_TYPE, judgeAssertion } from './client-assertion.js';
import { failure, invalidClient, type Fields, type OAuthAnswer } from './oauth-answer.js';

export type ClientVerdict =
  | { readonly kind: 'ok'; readonly client: Client }
  | { readonly kind: 'refused'; readonly answer: OAuthAnswer };

export interface ClientAuthenticationDeps {
  readonly tokens: Pick<AccessTokens, 'authenticate'>;
  readonly clients: Pick<ClientStore, 'find' | 'useAssertion'>;
  readonly keys: Pick<ClientKeys, 'find'>;
  readonly limits: Pick<RateLimits, 'attempt'>;
  /** Own address, where one is configured. */
  readonly publicUrl: string | undefined;
  readonly now: () => number;
}

/** Who a client is: by HTTP Basic, form fields, or, with `PUBLIC_URL`, `private_key_jwt`. */
export class ClientAuthentication {
  constructor(private readonly deps: ClientAuthenticationDeps) {}

  /**
   * The URL a client assertion must be made for; undefined where no own address is configured. It never comes from the request: else an
   * assertion made for another server would be taken from whoever puts that server's name into `Host`.
   */
  get audience(): string | undefined {
    return this.deps.publicUrl === undefined ? undefined : `${this.deps.publicUrl}/oauth/token`;
  }

  /**
   * @param own URL of the endpoint that is asked, which may be the audience of an assertion, too
   * @throws {RateLimitedError}
   * @throws {TooManyLoginsError}
   */
  async authenticate(fields: Fields, request: FastifyRequest, own?: string): Promise<ClientVerdict> {
    await this.deps.limits.attempt(request.ip, claimedClient(fields, request));
    const basic = request.headers.authorization;
    const assertion = fields['client_assertion'];
    const methods = [basic, fields['client_secret'], assertion].filter((given) => given !== undefined).length;
    if (methods > 1) return refused(failure(400, 'invalid_request', 'use one way of client authentication'));
    if (assertion !== undefined) return this.byAssertion(assertion, fields, own);
    const credentials = basic === undefined ? fromFields(fields) : fromBasic(basic);
    if (credentials === undefined)
      return refused(invalidClient('client id and secret are needed', basic !== undefined));
    if (basic !== undefined && fields['client_id'] !== undefined && fields['client_id'] !== credentials.id) {
      return refused(failure(400, 'invalid_request', 'client_id differs from the authenticated client'));
    }
    const client = await this.deps.tokens.authenticate(credentials.id, credentials.secret);
    if (client === undefined) return refused(invalidClient('unknown client or wrong secret', basic !== undefined));
    return { kind: 'ok', client };
  }

  private async byAssertion(assertion: string, fields: Fields, own: string | undefined): Promise<ClientVerdict> {
    if (this.audience === undefined) {
      const why = 'private_key_jwt is not available: the address of this server is not configured (PUBLIC_URL)';
      return refused(invalidClient(why, false));
    }
    if (fields['client_assertion_type'] !== ASSERTION_TYPE) {
      return refused(failure(400, 'invalid_request', `client_assertion_type must be ${ASSERTION_TYPE}`));
    }
    const { clients, keys } = this.deps;
    const audiences = own === undefined ? [this.audience] : [this.audience, own];
    const verdict = await judgeAssertion(assertion, { clients, keys, audiences, now: this.deps.now() });
    if (verdict.kind === 'refused') return refused(invalidClient(verdict.why, false));
    if (fields['client_id'] !== undefined && fields['client_id'] !== verdict.client.id) {
      return refused(invalidClient('client_id differs from the assertion', false));
    }
    return verdict;
  }
}

/** Who the caller says it is, checked or not; '' where the request does not say. */
function claimedClient(fields: Fields, request: FastifyRequest): string {
  const { authorization } = request.headers;
  const basic = authorization === undefined ? undefined : fromBasic(authorization);
  return basic?.id ?? fields['client_id'] ?? '';
}

function fromFields(fields: Fields): { id: string; secret: string } | undefined {
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

function refused(answer: OAuthAnswer): ClientVerdict {
  return { kind: 'refused', answer };
}
