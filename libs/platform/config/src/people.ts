import { z } from 'zod';

/** How people sign in to the console. */
export interface PeopleConfig {
  /** How long a session lasts without a request and without an open stream, ms; and however much it is used. */
  readonly sessionIdleMs: number;
  readonly sessionAbsoluteMs: number;
  /** An outside issuer that people sign in at; absent: the embedded one, with the accounts of this server. */
  readonly signIn?: OutsideSignIn;
  /** EHRs that may open the console (SMART App Launch). */
  readonly ehr?: EhrLaunch;
}

export interface OutsideSignIn {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, with PKCE alone. */
  readonly clientSecret?: string;
  /** Names of claims: a key, or a path with dots. */
  readonly tenantClaim: string;
  readonly rolesClaim: string;
  /** Tenant of people without the claim. */
  readonly tenant?: string;
}

export interface EhrLaunch {
  /** FHIR base URLs, as an EHR gives them in `iss`. */
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Of people without the claims. */
  readonly tenant?: string;
  readonly roles: readonly string[];
  readonly tenantClaim: string;
  readonly rolesClaim: string;
}

const text = z.string().trim().min(1);
const minutes = z.coerce.number('must be a whole number').int('must be a whole number').min(1, 'must be at least 1');
const ROLES = ['nurse', 'physician', 'operator', 'auditor'];

const list = text.transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

export const PEOPLE_ENVIRONMENT = {
  SESSION_IDLE_MINUTES: minutes.max(10_080, 'must be at most 10080').default(60),
  SESSION_MAX_HOURS: minutes.max(8_760, 'must be at most 8760').default(168),
  OIDC_CLIENT_ID: text.optional(),
  OIDC_CLIENT_SECRET: text.optional(),
  OIDC_TENANT_CLAIM: text.default('tenant'),
  OIDC_ROLES_CLAIM: text.default('roles'),
  SMART_EHR_ISSUERS: list
    .pipe(
      z.array(
        z.string().refine((value) => URL.canParse(value) && /^https?:\/\/[^?#]+$/.test(value), {
          error: 'must be a comma list of FHIR base URLs, without query',
        }),
      ),
    )
    .optional(),
  SMART_CLIENT_ID: text.optional(),
  SMART_CLIENT_SECRET: text.optional(),
  SMART_TENANT: text.optional(),
  SMART_ROLES: list
    .pipe(
      z.array(
        z.string().refine((role) => ROLES.includes(role), { error: `must be a comma list of ${ROLES.join(', ')}` }),
      ),
    )
    .optional(),
} as const;

type Values = z.output<z.ZodObject<typeof PEOPLE_ENVIRONMENT>> & {
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_TENANT?: string | undefined;
  readonly JWKS_ALLOWED_HOSTS: readonly string[];
};

/** @returns the settings, or what is wrong with them in one line */
export function peopleOf(value: Values): PeopleConfig | string {
  const signIn = outsideSignIn(value);
  if (typeof signIn === 'string') return signIn;
  const ehr = ehrLaunch(value);
  if (typeof ehr === 'string') return ehr;
  return {
    sessionIdleMs: value.SESSION_IDLE_MINUTES * 60_000,
    sessionAbsoluteMs: value.SESSION_MAX_HOURS * 3_600_000,
    ...(signIn === undefined ? {} : { signIn }),
    ...(ehr === undefined ? {} : { ehr }),
  };
}

function outsideSignIn(value: Values): OutsideSignIn | string | undefined {
  const {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    OIDC_TENANT: tenant,
  } = value;
  if (clientId === undefined)
    return clientSecret === undefined ? undefined : 'OIDC_CLIENT_SECRET must be set together with OIDC_CLIENT_ID';
  if (issuer === undefined) return 'OIDC_CLIENT_ID must be set together with OIDC_ISSUER';
  return {
    issuer,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    tenantClaim: value.OIDC_TENANT_CLAIM,
    rolesClaim: value.OIDC_ROLES_CLAIM,
    ...(tenant === undefined ? {} : { tenant }),
  };
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function ehrLaunch(value: Values): EhrLaunch | string | undefined {
  const { SMART_EHR_ISSUERS: issuers, SMART_CLIENT_ID: clientId, SMART_CLIENT_SECRET: clientSecret } = value;
  if (issuers === undefined && clientId === undefined) return undefined;
  if (issuers === undefined || clientId === undefined)
    return 'SMART_EHR_ISSUERS and SMART_CLIENT_ID must be set together';
  const open = issuers
    .map((url) => new URL(url))
    .find(
      ({ protocol, hostname, host }) =>
        protocol !== 'https:' &&
        ![...LOOPBACK, ...value.JWKS_ALLOWED_HOSTS].some((one) => one === hostname || one === host),
    );
  if (open !== undefined)
    return 'SMART_EHR_ISSUERS must start with https:// (JWKS_ALLOWED_HOSTS allows a host without)';
  const tenant = value.SMART_TENANT ?? value.OIDC_TENANT;
  return {
    issuers,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(tenant === undefined ? {} : { tenant }),
    roles: value.SMART_ROLES ?? [],
    tenantClaim: value.OIDC_TENANT_CLAIM,
    rolesClaim: value.OIDC_ROLES_CLAIM,
  };
}
