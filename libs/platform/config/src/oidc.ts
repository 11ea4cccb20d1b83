import { z } from 'zod';

/** An outside issuer of access tokens. */
export interface OutsideIssuerConfig {
  /** As its tokens name it in `iss`. */
  readonly issuer: string;
  /** One of them must be in the `aud` of a token. */
  readonly audiences: readonly string[];
  /** Tenant of tokens without the claim `tenant`. */
  readonly tenant?: string;
}

const text = z.string().trim().min(1);

export const OIDC_ENVIRONMENT = {
  OIDC_ISSUER: text
    .refine((value) => URL.canParse(value) && /^https?:\/\/[^?#]+$/.test(value), {
      error: 'must be the URL of an issuer, without query',
    })
    .optional(),
  OIDC_AUDIENCE: text.optional(),
  OIDC_TENANT: text.optional(),
} as const;

interface Values {
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_AUDIENCE?: string | undefined;
  readonly OIDC_TENANT?: string | undefined;
  readonly OIDC_CLIENT_ID?: string | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly JWKS_ALLOWED_HOSTS: readonly string[];
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** @returns the issuer, or what is wrong with it in one line */
export function oidcOf(value: Values): OutsideIssuerConfig | string | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_TENANT: tenant, PUBLIC_URL: publicUrl } = value;
  if (issuer === undefined)
    return audience === undefined && tenant === undefined
      ? undefined
      : 'OIDC_ISSUER must be set together with OIDC_AUDIENCE, OIDC_TENANT';
  const { protocol, hostname, host } = new URL(issuer);
  const allowed = [...LOOPBACK, ...value.JWKS_ALLOWED_HOSTS].some((one) => one === hostname || one === host);
  if (protocol !== 'https:' && !allowed)
    return 'OIDC_ISSUER must start with https:// (JWKS_ALLOWED_HOSTS allows a host without)';
  const audiences = audience === undefined ? ownAudiences(publicUrl) : audience.split(',').map((one) => one.trim());
  // People sign in there; its access tokens are for others.
  if (audiences.length === 0 && value.OIDC_CLIENT_ID !== undefined) return undefined;
  // Else a token that its issuer gave for any other service would be taken.
  if (audiences.length === 0) return 'OIDC_ISSUER needs OIDC_AUDIENCE, or PUBLIC_URL, which is the audience then';
  return { issuer, audiences, ...(tenant === undefined ? {} : { tenant }) };
}

function ownAudiences(publicUrl: string | undefined): readonly string[] {
  const base = publicUrl?.replace(/\/+$/, '');
  return base === undefined ? [] : [base, `${base}/fhir/r4`];
}
