import type { EhrLaunch, OutsideSignIn } from '#libs/platform/config';
import { grantOfUser, isPersonRole, PERSON_ROLES, type SignedIn } from '#libs/platform/auth';
import type { User } from '#libs/platform/storage';
import {
  personOf,
  SignInAwayError,
  SignInRefusedError,
  type ClaimNames,
  type PendingSignIn,
  type RelyingParty,
  type SignInAnswer,
} from '#libs/platform/sign-in';

/** Where people may come from. */
export interface SignInSources {
  /** The issuer of this process. */
  readonly own: RelyingParty;
  readonly outside?: { readonly party: RelyingParty; readonly settings: OutsideSignIn };
  /** By FHIR base URL. */
  readonly ehrs: ReadonlyMap<string, { readonly party: RelyingParty; readonly settings: EhrLaunch }>;
  readonly findUser: (id: string) => Promise<User | undefined>;
  readonly tenantKey: (id: string) => Promise<number | undefined>;
}

/** Who signed in, and where they go on. */
export interface Finished {
  readonly person: SignedIn;
  readonly next: string;
}

/** Signs people in, by the issuer they belong to, and says who they are here. */
export class SignIn {
  constructor(private readonly sources: SignInSources) {}

  /**
   * @param base of this server as the browser knows it
   * @param next a path of the console
   */
  async begin(base: string, next: string): Promise<{ readonly location: string; readonly pending: PendingSignIn }> {
    const { own, outside } = this.sources;
    const { url, pending } = await (outside?.party ?? own).begin(callbackOf(base), next);
    // Its own issuer is where the browser is already, by whatever name.
    return { location: outside === undefined ? url.pathname + url.search : url.href, pending };
  }

  /** @returns undefined for an EHR that is not configured */
  async launch(
    base: string,
    ehr: string,
    launch: string,
  ): Promise<{ readonly location: string; readonly pending: PendingSignIn } | undefined> {
    const found = this.ehrOf(ehr);
    if (found === undefined) return undefined;
    const parameters = { launch };
    const { url, pending } = await found.party.begin(callbackOf(base), '/console/', { ehr: found.base, parameters });
    return { location: url.href, pending };
  }

  /**
   * @param url under which the browser came back
   * @throws {SignInRefusedError} also for people without a tenant or a role here
   */
  async finish(url: URL, pending: PendingSignIn): Promise<Finished> {
    const { own, outside } = this.sources;
    if (pending.ehr !== undefined) return this.finishLaunch(url, pending);
    if (outside !== undefined) {
      const { settings, party } = outside;
      const answered = await party.finish(url, pending);
      const person = await this.outsidePerson(answered, settings, { issuer: settings.issuer, kind: 'oidc-user' });
      return { person, next: pending.next };
    }
    const { claims } = await own.finish(url, pending);
    const user = await this.sources.findUser(String(claims['sub']));
    if (user === undefined) throw new SignInRefusedError('this account is no longer there');
    return { person: personOfUser(user), next: pending.next };
  }

  /** Where the browser ends its session at the outside issuer, when it has such a page. */
  async endAt(issuer: string | undefined, base: string): Promise<string | undefined> {
    const { outside } = this.sources;
    if (outside === undefined || issuer !== outside.settings.issuer) return undefined;
    return outside.party.endSessionUrl(`${base}/console/`).catch(() => undefined);
  }

  private async finishLaunch(url: URL, pending: PendingSignIn): Promise<Finished> {
    const found = this.ehrOf(pending.ehr ?? '');
    if (found === undefined) throw new SignInRefusedError('this EHR is not configured here');
    const answered = await found.party.finish(url, pending);
    // A number at one EHR is another person at another one, and at the issuer of the hospital.
    const person = await this.outsidePerson(answered, found.settings, {
      issuer: found.base,
      kind: `ehr-user:${found.base}`,
    });
    return { person, next: patientPage(answered.answer) ?? pending.next };
  }

  private ehrOf(base: string) {
    const wanted = base.replace(/\/$/, '');
    for (const [known, ehr] of this.sources.ehrs)
      if (known.replace(/\/$/, '') === wanted) return { ...ehr, base: known };
    return undefined;
  }

  /** @param kind what the person's number is said to be of */
  private async outsidePerson(
    { claims, isComplete }: SignInAnswer,
    names: ClaimNames,
    { issuer, kind }: { readonly issuer: string; readonly kind: string },
  ): Promise<SignedIn> {
    const { subject, name, tenant, roles, fhirUser } = personOf(claims, names);
    if (!isComplete && (tenant === undefined || roles.length === 0))
      throw new SignInAwayError('the issuer does not say what your account may do');
    if (tenant === undefined) throw new SignInRefusedError(`your account names no tenant (claim ${names.tenantClaim})`);
    const key = await this.sources.tenantKey(tenant);
    if (key === undefined) throw new SignInRefusedError('the tenant of your account is not known here');
    requireRoles(roles);
    return {
      tenant: { id: tenant, key },
      subject: `${kind}:${subject}`,
      name,
      roles,
      fhirUser,
      userId: null,
      grant: null,
      issuer,
    };
  }
}

function callbackOf(base: string): string {
  return `${base}/console/callback`;
}

function personOfUser(user: User): SignedIn {
  requireRoles(user.roles.filter(isPersonRole));
  return {
    tenant: user.tenant,
    subject: `user:${user.name}`,
    name: user.name,
    roles: user.roles,
    fhirUser: user.fhirUser,
    userId: user.id,
    grant: grantOfUser(user),
    issuer: null,
  };
}

function requireRoles(roles: readonly string[]): void {
  if (roles.length > 0) return;
  throw new SignInRefusedError(
    `your account has no role here: ask an administrator for one of ${PERSON_ROLES.join(', ')}`,
  );
}

/** The patient in the EHR's context (SMART App Launch 2 §7). */
function patientPage({ patient }: SignInAnswer['answer']): string | undefined {
  if (typeof patient !== 'string' || !/^[A-Za-z0-9\-.]{1,64}$/.test(patient)) return undefined;
  return `/console/patients/${encodeURIComponent(patient)}`;
}
