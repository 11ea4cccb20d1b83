import type { PasswordAttempts, Passwords, Sessions, SignedIn } from '#libs/platform/auth';
import type { SessionCookie } from '#libs/platform/http';
import type { EmbeddedIssuer } from '#libs/platform/sign-in';
import type { PendingCookie } from './pending-cookie.js';
import type { SignIn } from './sign-in.js';

export const CONSOLE = Symbol('Console');

/** What the routes of the console need. */
export interface ConsoleParts {
  readonly publicUrl: string | undefined;
  readonly signIn: SignIn;
  readonly issuer: EmbeddedIssuer;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly pending: PendingCookie;
  readonly passwords: Passwords;
  readonly attempts: PasswordAttempts;
  readonly onSignIn: (person: SignedIn) => void;
}
