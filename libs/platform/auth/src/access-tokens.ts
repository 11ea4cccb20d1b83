import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type { Client, ClientStore } from '#libs/platform/storage';
import type { Access, AccessEnd, Tokens } from './access.js';
import { grantOf, type ClientGrants } from './client-grants.js';
import type { OutsideIssuer } from './issuer/outside-issuer.js';
import { SECRET_COST, type SecretVerifier } from './client-secrets.js';
import { nobodysHash } from './scrypt-hash.js';
import { TOKEN_ALGORITHM, type SigningKeys } from './signing-keys.js';

const ISSUER = 'homeostat';
const LIFETIME_SECONDS = 900;
const MAX_REMEMBERED = 2_048;
const MAX_TOKEN = 8_192;

const Claims = z.object({
  sub: z.string(),
  tenant: z.string(),
  tenant_key: z.number().int(),
  scope: z.string(),
  grant: z.string().optional(),
  fhirUser: z.string().optional(),
  exp: z.number(),
  jti: z.string().optional(),
});

/**
 * Our access tokens: JWTs that live a quarter of an hour. Every app can check them; whether the client is still what it was then, the
 * database says ({@link ClientGrants}).
 */
export class AccessTokens implements Tokens {
  /** Tokens found good, until they expire: a signature check costs about as much as a small request. */
  private readonly remembered = new Map<string, Access & { readonly expiresAt: number }>();

  private rehearsal: { readonly token: string; readonly access: Access } | undefined;

  constructor(
    private readonly keys: SigningKeys,
    private readonly clients: Pick<ClientStore, 'find'>,
    private readonly secrets: SecretVerifier,
    private readonly grants: ClientGrants,
    private readonly outside?: Pick<OutsideIssuer, 'claims' | 'verify'>,
    private readonly now: () => number = Date.now,
  ) {}

  async issue(access: Access): Promise<{ token: string; expiresInSeconds: number }> {
    const { kid, privateKey } = await this.keys.newest();
    const issuedAt = Math.floor(this.now() / 1000);
    const token = await new SignJWT({
      tenant: access.tenant.id,
      tenant_key: access.tenant.key,
      scope: access.scopes.join(' '),
      ...(access.grant === undefined ? {} : { grant: access.grant }),
      ...(access.fhirUser === undefined ? undefined : { fhirUser: access.fhirUser }),
    })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid, typ: 'at+jwt' })
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setSubject(access.client)
      .setJti(uuid())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(privateKey);
    return { token, expiresInSeconds: LIFETIME_SECONDS };
  }

  async rehearse(scopes: readonly string[], work: (token: string) => Promise<unknown>): Promise<void> {
    const token = randomBytes(32).toString('base64url');
    this.rehearsal = { token, access: { tenant: { id: 'rehearsal', key: 0 }, client: 'rehearsal', scopes } };
    try {
      await work(token);
    } finally {
      this.rehearsal = undefined;
    }
  }

  async verifyToken(token: string): Promise<Access | undefined> {
    if (this.rehearsal !== undefined && token === this.rehearsal.token) return this.rehearsal.access;
    if (this.outside !== undefined && !this.remembered.has(token) && this.outside.claims(token))
      return this.outside.verify(token);
    const access = await this.read(token);
    return access !== undefined && (await this.grants.holds(access)) ? access : undefined;
  }

  watch(access: Access, end: (reason: AccessEnd) => void): () => void {
    return this.grants.watch(access, end);
  }

  forget(client: string): void {
    this.grants.forget(client);
  }

  async verifyClientSecret(clientId: string, secret: string): Promise<Access | undefined> {
    const client = await this.authenticate(clientId, secret);
    return client === undefined ? undefined : accessOf(client, client.scopes);
  }

  /** The client, when the secret is its own. An unknown client costs as much time as a wrong secret. */
  async authenticate(clientId: string, secret: string): Promise<Client | undefined> {
    if (clientId.length > 256 || secret.length > 1_024 || clientId.includes('\0')) return undefined;
    const client = await this.clients.find(clientId);
    const matches = await this.secrets.matches(secret, client?.secretHash ?? NOBODYS_HASH);
    return matches ? client : undefined;
  }

  /** What a token says, when we signed it and it has not expired. */
  private async read(token: string): Promise<Access | undefined> {
    if (token.length > MAX_TOKEN) return undefined;
    const known = this.remembered.get(token);
    if (known !== undefined) {
      if (known.expiresAt > this.now()) return known;
      this.remembered.delete(token);
      return undefined;
    }
    const claims = await this.claims(token);
    if (claims === undefined) return undefined;
    const access = {
      tenant: { id: claims.tenant, key: claims.tenant_key },
      client: claims.sub,
      scopes: claims.scope.split(' ').filter((scope) => scope !== ''),
      expiresAt: claims.exp * 1000,
      ...(claims.jti === undefined ? {} : { tokenId: claims.jti }),
      ...(claims.grant === undefined ? {} : { grant: claims.grant }),
      ...(claims.fhirUser === undefined ? {} : { fhirUser: claims.fhirUser }),
    };
    if (this.remembered.size >= MAX_REMEMBERED) {
      const oldest = this.remembered.keys().next();
      if (oldest.done !== true) this.remembered.delete(oldest.value);
    }
    this.remembered.set(token, access);
    return access;
  }

  private async claims(token: string): Promise<z.infer<typeof Claims> | undefined> {
    const kid = keyId(token);
    const key = kid === undefined ? undefined : await this.keys.publicKey(kid);
    if (key === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [TOKEN_ALGORITHM],
        issuer: ISSUER,
        audience: ISSUER,
        typ: 'at+jwt',
        currentDate: new Date(this.now()),
      });
      return Claims.safeParse(payload).data;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** What a client that has just shown who it is may do. */
export function accessOf(client: Client, scopes: readonly string[]): Access {
  return { tenant: client.tenant, client: client.id, scopes, grant: grantOf(client) };
}

const NOBODYS_HASH = nobodysHash(SECRET_COST);

function keyId(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}
