import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { ClientStore } from '#libs/platform/storage';
import type { Access } from '../access.js';
import { NoKeysError, RemoteKeys } from '../keys/remote-keys.js';
import { importPublic } from '../keys/verification-keys.js';
import { isKnownScope } from '../scopes/scopes.js';
import { Discovery, type IssuerSettings } from './discovery.js';

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const TYPES = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
const CLOCK_TOLERANCE_SECONDS = 10;
const MAX_TOKEN = 8_192;
const MAX_SCOPES = 100;
const MAX_REMEMBERED = 2_048;
/** A token found good is accepted this long without another look, so that a key that was withdrawn ends soon. */
const REMEMBERED_MS = 60_000;

/** Control characters would be refused by the database, and split lines of the log. */
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\u0000-\u001f\u007f]+$/);
const Claims = z.object({
  exp: z.number(),
  jti: z.string().optional(),
  sub: name.optional(),
  client_id: name.optional(),
  azp: name.optional(),
  tenant: name.optional(),
  scope: z.string().optional(),
  scp: z.union([z.string(), z.array(z.string())]).optional(),
  fhirUser: z.string().max(256).optional(),
  // Bound to a key of its sender, whose proof is not checked here.
  cnf: z.never().optional(),
});

/** The outside issuer gave no keys: nothing can be said of its tokens now. */
export class IssuerAwayError extends Error {
  override readonly name = 'IssuerAwayError';
}

/**
 * Access tokens of one outside issuer (OpenID Connect discovery, JWTs as RFC 9068 has them), beside our own. The tenant is that of the
 * claim `tenant`, else the one configured. Its clients are none of ours: their ids begin with `oidc:`, so that nobody takes over what
 * belongs to a client of this server by having its id there.
 */
export class OutsideIssuer {
  private readonly remembered = new Map<string, { readonly access: Access; readonly until: number }>();
  private readonly tenants = new Map<string, { readonly key: number | undefined; readonly until: number }>();

  constructor(
    private readonly settings: IssuerSettings,
    private readonly store: Pick<ClientStore, 'tenantKey'>,
    private readonly now: () => number = Date.now,
    private readonly discovery: Pick<Discovery, 'keyServer'> = new Discovery(settings),
    private readonly remote: Pick<RemoteKeys, 'find'> = new RemoteKeys(ALGORITHMS),
  ) {}

  /** True when the token says that it is of this issuer; nothing is checked. */
  claims(token: string): boolean {
    if (token.length > MAX_TOKEN) return false;
    try {
      return decodeJwt(token).iss === this.settings.issuer;
    } catch {
      return false;
    }
  }

  /** @throws {IssuerAwayError} */
  async verify(token: string): Promise<Access | undefined> {
    const known = this.remembered.get(token);
    if (known !== undefined && known.until > this.now()) return known.access;
    this.remembered.delete(token);
    const claims = await this.checked(token);
    const access = claims === undefined ? undefined : await this.accessOf(claims);
    if (access === undefined) return undefined;
    const [oldest] = this.remembered.size >= MAX_REMEMBERED ? this.remembered.keys() : [];
    if (oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(token, { access, until: Math.min(access.expiresAt ?? 0, this.now() + REMEMBERED_MS) });
    return access;
  }

  private async checked(token: string): Promise<z.infer<typeof Claims> | undefined> {
    try {
      const { alg, kid, typ } = decodeProtectedHeader(token);
      if (alg === undefined || !ALGORITHMS.includes(alg) || !TYPES.includes(typ?.toLowerCase())) return undefined;
      const server = await this.discovery.keyServer();
      for (const candidate of await this.remote.find(server, { alg, kid })) {
        const key = await importPublic(candidate, alg);
        if (key === undefined) continue;
        const payload = await jwtVerify(token, key, {
          algorithms: [alg],
          issuer: this.settings.issuer,
          audience: [...this.settings.audiences],
          requiredClaims: ['exp'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(this.now()),
        }).catch(signatureFailed);
        if (payload !== undefined) return Claims.safeParse(payload.payload).data;
      }
      return undefined;
    } catch (error) {
      if (error instanceof NoKeysError) throw new IssuerAwayError(error.message);
      if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  private async accessOf(claims: z.infer<typeof Claims>): Promise<Access | undefined> {
    const tenant = claims.tenant ?? this.settings.tenant;
    const client = claims.client_id ?? claims.azp ?? claims.sub;
    if (tenant === undefined || client === undefined) return undefined;
    const key = await this.tenantKey(tenant);
    if (key === undefined) return undefined;
    const given = claims.scope ?? claims.scp ?? [];
    const scopes = (typeof given === 'string' ? given.split(' ') : given).slice(0, MAX_SCOPES).filter(isKnownScope);
    return {
      tenant: { id: tenant, key },
      client: `oidc:${client}`,
      scopes,
      expiresAt: claims.exp * 1000,
      issuer: this.settings.issuer,
      ...(claims.jti === undefined ? {} : { tokenId: claims.jti }),
      ...(claims.fhirUser === undefined ? {} : { fhirUser: claims.fhirUser }),
    };
  }

  private async tenantKey(id: string): Promise<number | undefined> {
    const known = this.tenants.get(id);
    if (known !== undefined && known.until > this.now()) return known.key;
    const key = await this.store.tenantKey(id);
    this.tenants.delete(id);
    const [oldest] = this.tenants.size >= MAX_REMEMBERED ? this.tenants.keys() : [];
    if (oldest !== undefined) this.tenants.delete(oldest);
    this.tenants.set(id, { key, until: this.now() + REMEMBERED_MS });
    return key;
  }
}

/** Of several candidates another one may fit. */
function signatureFailed(error: unknown): undefined {
  if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
}
