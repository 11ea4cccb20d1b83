import { Link, Outlet } from '@tanstack/react-router';
import { Button } from 'react-aria-components';
import { Announcer } from '../announce/announcer.js';
import { fetchWithSession } from '../api/client.js';
import { ConnectionBanner } from '../live/connection-banner.js';
import { strings } from '../strings/strings.js';
import { ZoneNote } from '../times/zone-note.js';
import { mayOpen, PAGES } from './page-access.js';
import { SessionEnded } from './session-ended.js';
import { useSession } from './session.js';

/** What stands around every page: where one can go, who is signed in, and what this software is not. */
export function Shell(): React.ReactNode {
  const { signedIn } = useSession();
  const roles = signedIn?.roles ?? [];
  return (
    <>
      <a className="skip" href="#page">
        {strings.shell.skip}
      </a>
      <ConnectionBanner />
      <header className="top">
        <span className="product">{strings.product}</span>
        <nav aria-label={strings.shell.navigation}>
          <ul>
            {PAGES.filter((page) => mayOpen(roles, page.roles)).map((page) => (
              <li key={page.path}>
                <Link to={page.path} activeOptions={{ exact: true }}>
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        {signedIn !== undefined && (
          <div className="who">
            <ZoneNote />
            <span>{signedIn.user.name}</span>
            <span className="tenant">
              {strings.shell.tenant} <b>{signedIn.tenant.id}</b>
            </span>
            <Button className="button" onPress={() => void signOut()}>
              {strings.shell.signOut}
            </Button>
          </div>
        )}
      </header>
      <Announcer />
      <main id="page" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="safety">{strings.safety}</footer>
      <SessionEnded />
    </>
  );
}

async function signOut(): Promise<void> {
  const response = await fetchWithSession(new Request('/console/sign-out', { method: 'POST' }));
  const { redirect } = (response.status === 200 ? await response.json() : {}) as { redirect?: string };
  location.assign(redirect ?? '/console/');
}
