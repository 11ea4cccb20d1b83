import type { FastifyRequest } from 'fastify';
import type { ClientStore } from '#libs/platform/storage';
import type { Access } from '../access.js';
import { accessOf, type AccessTokens } from '../access-tokens.js';
import type { ClientGrants } from '../client-grants.js';
import { narrow } from '../scopes/scopes.js';
import type { ClientAuthentication } from './client-authentication.js';
import { comeBack, failure, withinLimits, type Fields, type OAuthAnswer } from './oauth-answer.js';
import { smartConfiguration } from './smart-configuration.js';

export interface OAuthServerDeps {
  readonly tokens: AccessTokens;
  readonly clients: Pick<ClientStore, 'revokeToken'>;
  readonly authentication: ClientAuthentication;
  readonly grants: Pick<ClientGrants, 'forget'>;
  readonly publicUrl: string | undefined;
}

/** OAuth2 for machines: client credentials (RFC 6749), introspection (RFC 7662), revocation (RFC 7009), and what SMART asks to be said of them. */
export class OAuthServer {
  constructor(private readonly deps: OAuthServerDeps) {}

  /** `POST /oauth/token` */
  token(fields: Fields, request: FastifyRequest): Promise<OAuthAnswer> {
    const grant = fields['grant_type'];
    if (grant === undefined) return answered(failure(400, 'invalid_request', 'grant_type is missing'));
    if (grant !== 'client_credentials')
      return answered(failure(400, 'unsupported_grant_type', 'grant_type must be client_credentials'));
    return withinLimits(async () => {
      const verdict = await this.deps.authentication.authenticate(fields, request);
      if (verdict.kind === 'refused') return verdict.answer;
      const { client } = verdict;
      const scopes = narrow(client.scopes, fields['scope']);
      if (scopes === undefined)
        return failure(400, 'invalid_scope', 'the scope is unknown, or none of it was given to this client');
      const issued = await this.deps.tokens.issue(accessOf(client, scopes));
      return {
        status: 200,
        body: {
          access_token: issued.token,
          token_type: 'Bearer',
          expires_in: issued.expiresInSeconds,
          scope: scopes.join(' '),
        },
      };
    });
  }

  /** `POST /oauth/introspect`: what a token of the caller's own tenant gives; of any other one that it is not active. */
  introspect(fields: Fields, request: FastifyRequest): Promise<OAuthAnswer> {
    return withinLimits(async () => {
      const caller = await this.caller(fields, request, 'introspect');
      if ('status' in caller) return caller;
      const token = fields['token'];
      if (token === undefined || token === '') return failure(400, 'invalid_request', 'token is missing');
      const access = await this.deps.tokens.verifyToken(token);
      const active = access !== undefined && access.tenant.key === caller.tenant.key;
      return { status: 200, body: active ? described(access) : { active: false } };
    });
  }

  /** `POST /oauth/revoke`: ends a token of the caller. What is no token of ours, or none any more, is answered as if it had been ended. */
  revoke(fields: Fields, request: FastifyRequest): Promise<OAuthAnswer> {
    return withinLimits(async () => {
      const caller = await this.caller(fields, request, 'revoke');
      if ('status' in caller) return caller;
      const token = fields['token'];
      if (token === undefined || token === '') return failure(400, 'invalid_request', 'token is missing');
      const access = await this.deps.tokens.verifyToken(token);
      if (access === undefined || access.tenant.key !== caller.tenant.key) return { status: 200 };
      if (access.issuer !== undefined)
        return failure(400, 'unsupported_token_type', 'tokens of the outside issuer are revoked there');
      if (access.client !== caller.client)
        return failure(400, 'unauthorized_client', 'the token was given to another client');
      const { tokenId, expiresAt } = access;
      if (tokenId === undefined || expiresAt === undefined) return { status: 200 };
      const done = await this.deps.clients.revokeToken(access.tenant.key, access.client, tokenId, new Date(expiresAt));
      if (!done) return comeBack(503, 'more tokens of this client were revoked than can be kept', 60);
      this.deps.grants.forget(access.client);
      return { status: 200 };
    });
  }

  /** `GET /fhir/r4/.well-known/smart-configuration`. @param origin how the client called this server */
  configuration(origin: string): object {
    const { publicUrl } = this.deps;
    return smartConfiguration({ base: publicUrl ?? origin, asymmetric: publicUrl !== undefined });
  }

  /** A client, or whoever holds a valid access token. */
  private async caller(
    fields: Fields,
    request: FastifyRequest,
    endpoint: 'introspect' | 'revoke',
  ): Promise<Pick<Access, 'tenant' | 'client'> | OAuthAnswer> {
    const { publicUrl, authentication, tokens } = this.deps;
    const bearer = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) {
      const access = await tokens.verifyToken(bearer);
      if (access !== undefined) return access;
      const challenge = { 'www-authenticate': 'Bearer realm="homeostat", error="invalid_token"' };
      return { ...failure(401, 'invalid_token', 'the bearer token is not valid, or no longer'), headers: challenge };
    }
    const own = publicUrl === undefined ? undefined : `${publicUrl}/oauth/${endpoint}`;
    const verdict = await authentication.authenticate(fields, request, own);
    return verdict.kind === 'ok' ? { tenant: verdict.client.tenant, client: verdict.client.id } : verdict.answer;
  }
}

function described(access: Access): NonNullable<OAuthAnswer['body']> {
  return {
    active: true,
    scope: access.scopes.join(' '),
    client_id: access.client,
    sub: access.client,
    token_type: 'Bearer',
    tenant: access.tenant.id,
    ...(access.expiresAt === undefined ? {} : { exp: Math.floor(access.expiresAt / 1000) }),
    ...(access.tokenId === undefined ? {} : { jti: access.tokenId }),
    ...(access.issuer === undefined ? {} : { iss: access.issuer }),
    ...(access.fhirUser === undefined ? {} : { fhirUser: access.fhirUser }),
  };
}

function answered(answer: OAuthAnswer): Promise<OAuthAnswer> {
  return Promise.resolve(answer);
}
