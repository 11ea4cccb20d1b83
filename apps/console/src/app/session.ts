import { useSyncExternalStore } from 'react';

export type Role = 'nurse' | 'physician' | 'operator' | 'auditor';

/** Who is signed in, as `GET /console/session` answers. */
export interface SignedIn {
  readonly user: { readonly name: string };
  readonly tenant: { readonly id: string };
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly csrfToken: string;
  readonly expiresAt: string;
}

export interface SessionState {
  readonly signedIn?: SignedIn;
  readonly csrfToken?: string;
  /** The server's time when it said who is signed in, as its `Date` header. */
  readonly answeredAt?: string;
  /** The session ended while the page was open; what it asked for waits. */
  readonly ended: boolean;
}

/** Where the window that signs in again comes back to, see `signed-in.tsx`. */
export const SIGNED_IN_PATH = '/console/signed-in';
const CHANNEL = 'homeostat-session';

/** The session of this page. The cookie itself is not readable here, and no token is stored. */
class Session {
  private state: SessionState = { ended: false };
  private readonly listeners = new Set<() => void>();
  private renewal: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  current = (): SessionState => this.state;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Asks who is signed in; leaves for the sign-in when nobody is. @returns false when leaving */
  async load(): Promise<boolean> {
    const { signedIn, answeredAt } = await askSession();
    if (signedIn === undefined) {
      const next = location.pathname + location.search;
      location.replace(`/console/sign-in?next=${encodeURIComponent(next)}`);
      return false;
    }
    this.set({ signedIn, csrfToken: signedIn.csrfToken, ended: false, ...(answeredAt === null ? {} : { answeredAt }) });
    new BroadcastChannel(CHANNEL).addEventListener('message', () => void this.resume());
    return true;
  }

  /** Shows that the session has ended; settles when the person has signed in again. */
  renewed(): Promise<void> {
    if (this.renewal === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.renewal = { promise, resolve };
      this.set({ ...this.state, ended: true });
    }
    return this.renewal.promise;
  }

  /** Called by the window that signed in; another person may have. */
  private async resume(): Promise<void> {
    const { signedIn } = await askSession();
    if (signedIn === undefined) return;
    const before = this.state.signedIn;
    if (before !== undefined && (before.user.name !== signedIn.user.name || before.tenant.id !== signedIn.tenant.id)) {
      // What one person entered must not be sent in another's name.
      location.reload();
      return;
    }
    this.set({ signedIn, csrfToken: signedIn.csrfToken, ended: false });
    this.renewal?.resolve();
    this.renewal = undefined;
  }

  private set(state: SessionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

async function askSession(): Promise<{ readonly signedIn?: SignedIn; readonly answeredAt: string | null }> {
  const response = await fetch('/console/session', { headers: { accept: 'application/json' } });
  const answeredAt = response.headers.get('date');
  if (response.status === 401) return { answeredAt };
  if (!response.ok) throw new Error(`GET /console/session answered ${response.status}`);
  return { signedIn: (await response.json()) as SignedIn, answeredAt };
}

export const session = new Session();

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.current);
}

/** Whether the signed-in person's roles give a scope. The API enforces it; this is for what is offered. */
export function useScope(scope: string): boolean {
  return useSession().signedIn?.scopes.includes(scope) ?? false;
}

/** Says to the page that waits that this window has signed in. */
export function announceSignedIn(): void {
  new BroadcastChannel(CHANNEL).postMessage('signed-in');
}
