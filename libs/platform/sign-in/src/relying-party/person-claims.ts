import { isPersonRole, type PersonRole } from '#libs/platform/auth';

/** Which claims say what a person is, and what holds for people without them. */
export interface ClaimNames {
  readonly tenantClaim: string;
  readonly rolesClaim: string;
  readonly tenant?: string;
  readonly roles?: readonly string[];
}

/** What an issuer says of a person. */
export interface PersonClaims {
  readonly subject: string;
  readonly name: string;
  readonly tenant: string | undefined;
  /** Those that are known here. */
  readonly roles: readonly PersonRole[];
  readonly fhirUser: string | null;
}

type Claims = Readonly<Record<string, unknown>>;

const LONGEST = 200;
const MAX_ROLES = 1_000;

/** Reads a person from an id token, or from what `userinfo` answers. */
export function personOf(claims: Claims, names: ClaimNames): PersonClaims {
  const roles = claimAt(claims, names.rolesClaim) ?? names.roles ?? [];
  return {
    // As the issuer gave it: two that differ anywhere are two people.
    subject: typeof claims['sub'] === 'string' ? claims['sub'] : '',
    name:
      textOf(claims['name']) ??
      textOf(claims['preferred_username']) ??
      textOf(claims['email']) ??
      textOf(claims['sub']) ??
      '',
    tenant: textOf(claimAt(claims, names.tenantClaim)) ?? names.tenant,
    roles: [...new Set(listOf(roles).filter(isPersonRole))],
    fhirUser: personReference(claims['fhirUser']),
  };
}

/** By its name, which may hold dots (`https://example.org/roles`), else by its path (`realm_access.roles`). */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Claims)[step];
  }
  return at;
}

function listOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  return Array.isArray(value) ? value.slice(0, MAX_ROLES).filter((one): one is string => typeof one === 'string') : [];
}

/** One line, not endless, and without marks that turn the direction of what stands beside it. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const clean = value
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, LONGEST);
  return clean === '' ? undefined : clean;
}

const PERSON =
  /^(https?:\/\/[!-~]{1,150}\/)?(Practitioner|PractitionerRole|RelatedPerson|Patient|Person)\/[A-Za-z0-9\-.]{1,64}$/;

function personReference(value: unknown): string | null {
  return typeof value === 'string' && value.length <= 256 && PERSON.test(value) ? value : null;
}
